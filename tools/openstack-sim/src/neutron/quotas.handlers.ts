import type {
  NetworkQuotaDetailsWire,
  NetworkQuotaResponseWire,
  NetworkQuotaWire,
} from '@ultron/openstack/network/quotas.wire';
import { bodyMember } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, param, reply } from '../http/call.js';
import { countUsed, isAdmin } from './neutron.access.js';

const COUNTED = [
  'network',
  'subnet',
  'port',
  'security_group',
  'security_group_rule',
  'router',
  'floatingip',
] as const;

function limits(call: Call): NetworkQuotaWire {
  const { network, subnet, port, security_group, security_group_rule, router, floatingip } =
    call.cluster.quotas.of(param(call, 'project'));
  return {
    network,
    subnet,
    port,
    security_group,
    security_group_rule,
    router,
    floatingip,
    subnetpool: -1,
    rbac_policy: -1,
    trunk: -1,
  };
}

/** `GET /v2.0/quotas/{project}`. */
export function showQuota(call: Call): Reply {
  return reply<NetworkQuotaResponseWire>(200, { quota: limits(call) });
}

/** `GET /v2.0/quotas/{project}/details.json`. */
export function showQuotaDetails(call: Call): Reply {
  const none = (limit: number) => ({ limit, used: 0, reserved: 0 });
  const all = limits(call);
  const quota: NetworkQuotaDetailsWire['quota'] = {
    network: none(all.network),
    subnet: none(all.subnet),
    port: none(all.port),
    security_group: none(all.security_group),
    security_group_rule: none(all.security_group_rule),
    router: none(all.router),
    floatingip: none(all.floatingip),
    subnetpool: none(-1),
    rbac_policy: none(-1),
    trunk: none(-1),
  };
  for (const resource of COUNTED) quota[resource].used = countUsed(call, resource, param(call, 'project'));
  return reply<NetworkQuotaDetailsWire>(200, { quota });
}

/** `PUT /v2.0/quotas/{project}` (administrators). */
export function updateQuota(call: Call): Reply {
  requireAdmin(call);
  call.cluster.quotas.set(param(call, 'project'), bodyMember(call, 'quota'), COUNTED);
  return showQuota(call);
}

/** `DELETE /v2.0/quotas/{project}` (administrators): back to what holds for all. */
export function resetQuota(call: Call): Reply {
  requireAdmin(call);
  call.cluster.quotas.reset(param(call, 'project'));
  return empty(204);
}

function requireAdmin(call: Call): void {
  if (!isAdmin(call))
    throw new ApiError(403, '(rule:update_quota) is disallowed by policy', 'PolicyNotAuthorized');
}
