import type { Finding } from './finding.entity.js';
import type { FindingKind, SubjectKind } from './finding.kinds.js';

/** A request that a repair would send to its cluster to change something. */
export interface RepairCall {
  service: 'compute' | 'network';
  method: 'PUT' | 'DELETE';
  /** Below the version of the endpoint: `/servers/{id}`. */
  path: string;
  /** What it would say; null: nothing. */
  body: Record<string, unknown> | null;
  /** It is refused when the thing was changed since it was looked at, where the cluster understands that. */
  if_match: boolean;
}

/** What our rows tell about the subject of a finding. */
export interface CallFacts {
  /** The ports of the server, by OpenStack's ids. */
  ports: readonly string[];
  /** As it was asked for. */
  server: { name: string; metadata: Record<string, string> } | null;
}

type Told = Pick<Finding, 'kind' | 'subjectKind' | 'subjectId' | 'openstackId' | 'evidence'>;
type CallsOf = (finding: Told, facts: CallFacts) => RepairCall[];

/** Where things of a kind are, and what one is called in a body. */
const PLACES: Partial<Record<SubjectKind, { service: RepairCall['service']; path: string; one: string }>> = {
  server: { service: 'compute', path: '/servers', one: 'server' },
  port: { service: 'network', path: '/ports', one: 'port' },
  subnet: { service: 'network', path: '/subnets', one: 'subnet' },
  router: { service: 'network', path: '/routers', one: 'router' },
  floating_ip: { service: 'network', path: '/floatingips', one: 'floatingip' },
};

const nothing: CallsOf = () => [];

const deletionOf = (kind: SubjectKind, id: string): RepairCall[] =>
  callFor(kind, id, (at) => ({ ...at, method: 'DELETE', body: null, if_match: false }));

const deletesIt: CallsOf = ({ subjectKind, openstackId, subjectId }) =>
  deletionOf(subjectKind, openstackId ?? subjectId);

const setsAgain: CallsOf = ({ subjectKind, openstackId, subjectId, evidence }) =>
  callFor(subjectKind, openstackId ?? subjectId, (at, one) => ({
    ...at,
    method: 'PUT',
    body: { [one]: wantedBy(evidence) },
    if_match: true,
  }));

/** The ports that were made for it are deleted as well, if there are any left. */
const forgetsServer: CallsOf = (_, { ports }) => ports.flatMap((id) => deletionOf('port', id));

const tellsServer: CallsOf = ({ openstackId }, { server }) => {
  if (!openstackId || !server) return [];
  const at = { service: 'compute', method: 'PUT', if_match: false } as const;
  return [
    { ...at, path: `/servers/${openstackId}`, body: { server: { name: server.name } } },
    { ...at, path: `/servers/${openstackId}/metadata`, body: { metadata: server.metadata } },
  ];
};

const byKind: Partial<Record<FindingKind, Partial<Record<SubjectKind, CallsOf>>>> = {
  missing: { server: forgetsServer, port: deletesIt, floating_ip: deletesIt },
  differs: { server: tellsServer, port: setsAgain, router: setsAgain, floating_ip: setsAgain },
  state_differs: { server: nothing },
  flavor_differs: { server: nothing },
  security_group_differs: { port: setsAgain },
  duplicate: { server: deletesIt, port: deletesIt, router: deletesIt, floating_ip: deletesIt },
  stale: { server: deletesIt, router: deletesIt, floating_ip: deletesIt },
  leaked_port: { port: deletesIt },
  address_in_use_but_free: { address: nothing },
  address_pool_edited: { subnet: setsAgain },
};

/**
 * What a repair of the finding would have its cluster change, by what is known now. The repair looks once more before it
 * acts, and may then find that less, or nothing, is to be done. Null: there is no repair for it.
 */
export function callsOf(finding: Told, facts: CallFacts): RepairCall[] | null {
  return byKind[finding.kind]?.[finding.subjectKind]?.(finding, facts) ?? null;
}

function callFor(
  kind: SubjectKind,
  id: string,
  make: (at: Pick<RepairCall, 'service' | 'path'>, one: string) => RepairCall,
): RepairCall[] {
  const place = PLACES[kind];
  return place ? [make({ service: place.service, path: `${place.path}/${id}` }, place.one)] : [];
}

/** The fields that differ, as they were asked for. */
function wantedBy(evidence: Record<string, unknown>): Record<string, unknown> {
  const { differences } = evidence;
  if (!Array.isArray(differences))
    return 'intent' in evidence ? { allocation_pools: evidence['intent'] } : {};
  return Object.fromEntries(
    differences.flatMap((one: unknown) =>
      one !== null && typeof one === 'object' && 'field' in one && 'expected' in one
        ? [[String(one.field), one.expected]]
        : [],
    ),
  );
}
