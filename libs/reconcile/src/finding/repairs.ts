import type { FindingKind, SubjectKind } from './finding.kinds.js';

/** A request that a repair sends to its cluster to change something. */
export interface RepairCall {
  service: 'compute' | 'network';
  method: RepairMethod;
  /** Below the version of the endpoint: `/servers/{id}`. */
  path: string;
  /** What it says; null: nothing. */
  body: Record<string, unknown> | null;
  /** It is refused when the thing was changed since it was looked at, where the cluster understands that. */
  if_match: boolean;
}

export const REPAIR_METHODS = ['PUT', 'POST', 'DELETE'] as const;
export type RepairMethod = (typeof REPAIR_METHODS)[number];

/** What our rows say of the subject of a finding: all that a repair goes by. */
export interface Wish {
  subjectKind: SubjectKind;
  /** What the subject is in its cluster. */
  openstackId: string;
  /** Everything that was asked for, by the names of the observed fields. */
  asked: Readonly<Record<string, unknown>>;
  /** The fields that the finding is about, and that a machine may set. */
  fields: readonly string[];
  /** The ports of a server, by OpenStack's ids. */
  ports: readonly string[];
  /** Nova keeps the server, which was deleted, for a while. */
  softDeleted: boolean;
}

/** One way of making rows and cluster agree. */
export interface Recipe {
  name: RecipeName;
  /** What the cluster is asked to change; none: only Ultron's own rows change. */
  callsOf(wish: Wish): RepairCall[];
}

/** What conductors can do; each is done by one function of theirs. */
export type RecipeName =
  | 'forget_server'
  | 'forget_port'
  | 'forget_floating_ip'
  | 'tell_server'
  | 'set_again'
  | 'accept_state'
  | 'accept_flavor'
  | 'delete_server'
  | 'delete_marked'
  | 'take_address_out';

const nothing = (): RepairCall[] => [];

/** Where things of Neutron are, and what one is called in a body. */
const NEUTRON = {
  port: { path: '/ports', one: 'port' },
  subnet: { path: '/subnets', one: 'subnet' },
  router: { path: '/routers', one: 'router' },
  floating_ip: { path: '/floatingips', one: 'floatingip' },
} as const;

const deletion = (service: RepairCall['service'], path: string): RepairCall => ({
  service,
  method: 'DELETE',
  path,
  body: null,
  if_match: false,
});

const deletes = (kind: keyof typeof NEUTRON, name: RecipeName): Recipe => ({
  name,
  callsOf: ({ openstackId }) => [deletion('network', `${NEUTRON[kind].path}/${openstackId}`)],
});

/** `beside`: what Neutron would change as well if it were not named. */
const setsAgain = (
  kind: keyof typeof NEUTRON,
  beside: (asked: Wish['asked']) => Record<string, unknown> = () => ({}),
): Recipe => ({
  name: 'set_again',
  callsOf: ({ openstackId, asked, fields }) => {
    if (!fields.length) return [];
    const { path, one } = NEUTRON[kind];
    const named = Object.fromEntries(fields.map((field) => [field, asked[field]]));
    const body = { [one]: { ...beside(asked), ...named } };
    return [{ service: 'network', method: 'PUT', path: `${path}/${openstackId}`, body, if_match: true }];
  },
});

/**
 * Neutron takes a body that does not name the port for the wish to lead nowhere, one that does not name the address for
 * the first of the port, and, from Zed to 2023.2, one that does not name the policy for the wish for none.
 */
const besideFloatingIp = (asked: Wish['asked']): Record<string, unknown> =>
  Object.fromEntries(
    ['port_id', 'fixed_ip_address', 'qos_policy_id'].flatMap((field) =>
      field in asked ? [[field, asked[field]]] : [],
    ),
  );

const forgetServer: Recipe = {
  name: 'forget_server',
  // The ports that were made for it are deleted as well, if there are any left.
  callsOf: ({ ports }) => ports.map((id) => deletion('network', `/ports/${id}`)),
};

const tellServer: Recipe = {
  name: 'tell_server',
  callsOf: ({ openstackId, asked }) => {
    const at = { service: 'compute', method: 'PUT', if_match: false } as const;
    // What was adopted without a mark is told none.
    const metadata = asked['metadata'] ?? asked['unmarked_metadata'] ?? {};
    return [
      { ...at, path: `/servers/${openstackId}`, body: { server: { name: asked['name'] } } },
      { ...at, path: `/servers/${openstackId}/metadata`, body: { metadata } },
    ];
  },
};

const deleteServer: Recipe = {
  name: 'delete_server',
  callsOf: ({ openstackId, softDeleted }) => {
    const path = `/servers/${openstackId}`;
    if (!softDeleted) return [deletion('compute', path)];
    const body = { forceDelete: null };
    return [{ service: 'compute', method: 'POST', path: `${path}/action`, body, if_match: false }];
  },
};

const acceptState: Recipe = { name: 'accept_state', callsOf: nothing };
const acceptFlavor: Recipe = { name: 'accept_flavor', callsOf: nothing };
const takeAddressOut: Recipe = { name: 'take_address_out', callsOf: nothing };

/** Every repair there is: what is done about which finding, of which things. All else is for people. */
const REPAIRS: Readonly<Partial<Record<FindingKind, Readonly<Partial<Record<SubjectKind, Recipe>>>>>> = {
  missing: {
    server: forgetServer,
    port: deletes('port', 'forget_port'),
    floating_ip: deletes('floating_ip', 'forget_floating_ip'),
  },
  differs: {
    server: tellServer,
    port: setsAgain('port'),
    router: setsAgain('router'),
    floating_ip: setsAgain('floating_ip', besideFloatingIp),
  },
  state_differs: { server: acceptState },
  flavor_differs: { server: acceptFlavor },
  security_group_differs: { port: setsAgain('port') },
  duplicate: {
    server: deleteServer,
    port: deletes('port', 'delete_marked'),
    router: deletes('router', 'delete_marked'),
    floating_ip: deletes('floating_ip', 'delete_marked'),
  },
  stale: {
    server: deleteServer,
    router: deletes('router', 'delete_marked'),
    floating_ip: deletes('floating_ip', 'delete_marked'),
  },
  leaked_port: { port: deletes('port', 'delete_marked') },
  address_in_use_but_free: { address: takeAddressOut },
  address_pool_edited: { subnet: setsAgain('subnet') },
};

/** Null: there is no repair for it. */
export const recipeFor = (kind: FindingKind, subject: SubjectKind): Recipe | null =>
  REPAIRS[kind]?.[subject] ?? null;

/** What a repair is about, as policies tell it apart. */
export interface RepairSort {
  kind: FindingKind;
  subjectKind: SubjectKind;
}

/** All that there is a repair for. */
export const REPAIR_SORTS: readonly RepairSort[] = Object.entries(REPAIRS).flatMap(([kind, bySubject]) =>
  Object.keys(bySubject).map((subject) => ({
    kind: kind as FindingKind,
    subjectKind: subject as SubjectKind,
  })),
);

export const isRepairable = (kind: FindingKind, subject: SubjectKind): boolean =>
  recipeFor(kind, subject) !== null;
