import type {
  QosPolicyListWire,
  QosPolicyResponseWire,
  QosPolicyWire,
} from '@ultron/openstack/network/qos-policies.wire';
import { bodyMember } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, reply } from '../http/call.js';
import { checkChanges, checkMembers, onlyKnown } from './attributes.js';
import { checkRevision, findOwn, isAdmin, makeOneOrMany, ownerOf, standard } from './neutron.access.js';
import { forbidden, inUse } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import type { QosPolicyRow } from './network.store.js';
import { userOf } from './qos.rules.js';

const FILTERS = [
  'id',
  'name',
  'project_id',
  'shared',
  'is_default',
  'description',
  'revision_number',
] as const;

const isShared = (row: QosPolicyRow): boolean => row.shared;

/** `GET /v2.0/qos/policies`. */
export function listPolicies(call: Call): Reply {
  const { items, links } = listBody(call, {
    collection: 'policies',
    path: 'qos/policies',
    table: call.cluster.network.policies,
    isShared,
    view: policyView,
    filters: FILTERS,
  });
  return reply<QosPolicyListWire>(200, { policies: items, ...(links ? { policies_links: links } : {}) });
}

/** `GET /v2.0/qos/policies/{id}`. */
export function showPolicy(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.policies, isShared);
  return reply<QosPolicyResponseWire>(200, {
    policy: pick(policyView(call, row), call.query.getAll('fields')),
  });
}

function policyView(call: Call, row: QosPolicyRow): QosPolicyWire {
  const { bandwidthLimits, ...rest } = row;
  return onlyKnown(call.cluster, {
    ...rest,
    rules: bandwidthLimits.map((rule) => ({ ...rule, type: 'bandwidth_limit', qos_policy_id: row.id })),
  });
}

const UPDATABLE = new Set(['name', 'description', 'shared', 'is_default']);
const READ_ONLY = new Set(['id', 'project_id', 'tenant_id', 'rules', 'revision_number', 'tags']);
const CREATABLE = new Set([...UPDATABLE, 'project_id', 'tenant_id', 'tags']);

/** `POST /v2.0/qos/policies` (administrators), one or several. */
export function createPolicies(call: Call): Reply {
  requireAdmin(call, 'create_policy');
  const { network } = call.cluster;
  const { single, rows } = makeOneOrMany(
    call,
    { one: 'policy', many: 'policies' },
    (given) => makePolicy(call, given),
    (row) => network.policies.remove(row),
  );
  const policies = rows.map((row) => policyView(call, row));
  const [policy] = policies;
  return single && policy
    ? reply<QosPolicyResponseWire>(201, { policy })
    : reply<QosPolicyListWire>(201, { policies });
}

function makePolicy(call: Call, given: Record<string, unknown>): QosPolicyRow {
  checkMembers(call, given, CREATABLE);
  const project = ownerOf(call, given);
  const row: QosPolicyRow = {
    ...standard(call, given, project),
    shared: given['shared'] === true,
    is_default: false,
    bandwidthLimits: [],
  };
  if (given['is_default'] === true) makeDefault(call, row);
  call.cluster.network.policies.add(row);
  return row;
}

export function requireAdmin(call: Call, rule: string): void {
  if (!isAdmin(call)) throw forbidden(rule);
}

/** A project has one default policy at most. */
function makeDefault(call: Call, row: QosPolicyRow): void {
  for (const other of call.cluster.network.policies.values()) {
    if (other !== row && other.project_id === row.project_id && other.is_default === true) {
      throw new ApiError(
        409,
        `A default QoS policy exists for project ${row.project_id}.`,
        'QoSPolicyDefaultAlreadyExists',
      );
    }
  }
  row.is_default = true;
}

/** `PUT /v2.0/qos/policies/{id}` (administrators). */
export function updatePolicy(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.policies, isShared);
  requireAdmin(call, 'update_policy');
  checkRevision(call, row);
  const given = bodyMember(call, 'policy');
  checkChanges(call, given, UPDATABLE, READ_ONLY);
  if (given['is_default'] === true) makeDefault(call, row);
  Object.assign(row, given);
  network.touch(row);
  network.policies.changed(row);
  return reply<QosPolicyResponseWire>(200, { policy: policyView(call, row) });
}

/** `DELETE /v2.0/qos/policies/{id}` (administrators): 409 while something has it. */
export function deletePolicy(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.policies, isShared);
  requireAdmin(call, 'delete_policy');
  checkRevision(call, row);
  const user = userOf(call, row);
  if (user) throw inUse(`QoS Policy ${row.id} is used by ${user.type} ${user.id}.`, 'QosPolicyInUse');
  network.policies.remove(row);
  return empty(204);
}
