import { bodyMember } from '../http/body.js';
import { type Call, type Reply, empty, param, reply } from '../http/call.js';
import { requireAdmin } from './nova.errors.js';

/** `GET /os-quota-sets/{project}`: network quotas left it at 2.36, file injection at 2.57. */
export function showQuotaSet(call: Call): Reply {
  const { instances, cores, ram } = call.cluster.quotas.of(param(call, 'project'));
  return reply(200, {
    quota_set: {
      id: param(call, 'project'),
      instances,
      cores,
      ram,
      key_pairs: 100,
      metadata_items: 128,
      server_groups: 10,
      server_group_members: 10,
      ...(call.microversion < 36
        ? { fixed_ips: -1, floating_ips: -1, security_groups: -1, security_group_rules: -1 }
        : {}),
      ...(call.microversion < 57
        ? { injected_files: 5, injected_file_content_bytes: 10240, injected_file_path_bytes: 255 }
        : {}),
    },
  });
}

/** `PUT /os-quota-sets/{project}` (administrators). */
export function updateQuotaSet(call: Call): Reply {
  requireAdmin(call, 'os_compute_api:os-quota-sets:update');
  call.cluster.quotas.set(param(call, 'project'), bodyMember(call, 'quota_set'), [
    'instances',
    'cores',
    'ram',
  ]);
  return showQuotaSet(call);
}

/** `DELETE /os-quota-sets/{project}` (administrators): back to what holds for all. */
export function resetQuotaSet(call: Call): Reply {
  requireAdmin(call, 'os_compute_api:os-quota-sets:delete');
  call.cluster.quotas.reset(param(call, 'project'));
  return empty(202);
}
