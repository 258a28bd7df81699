import type { QosPolicyRow } from './network.store.js';
import { type Call, tokenOf } from '../http/call.js';
import { isAdmin } from './neutron.access.js';
import { notFound } from './neutron.errors.js';

/** The policy that a resource is to have: the caller's own or a shared one; null for none. */
export function policyGiven(call: Call, id: unknown): string | null {
  if (id === undefined || id === null) return null;
  const row = call.cluster.network.policies.get(String(id));
  const mine = row && (isAdmin(call) || row.shared || row.project_id === tokenOf(call).project?.id);
  if (!mine) throw notFound('policies', String(id));
  return row.id;
}

/** Who uses a policy: `a kind and an id`, or undefined. */
export function userOf(call: Call, policy: QosPolicyRow): { type: string; id: string } | undefined {
  const { network } = call.cluster;
  const tables = [
    ['network', network.networks.values()],
    ['port', network.ports.values()],
    ['floatingip', network.floatingIps.values()],
  ] as const;
  for (const [type, rows] of tables)
    for (const row of rows) if (row.qos_policy_id === policy.id) return { type, id: row.id };
  for (const router of network.routers.values())
    if (router.gateway?.qos_policy_id === policy.id) return { type: 'router', id: router.id };
  return undefined;
}
