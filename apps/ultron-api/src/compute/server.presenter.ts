import type { CreatedServers } from '@ultron/compute/server/server-create.service';
import type { ServerActionInput } from '@ultron/compute/server/server-task';
import type { ServerRequest } from '@ultron/compute/server/server.rules';
import type { ServerPort } from '@ultron/network/port/port.entity';
import { RequestFault } from '../http/problem/request.fault.js';
import { etagOf } from '../http/reply/etag.js';
import { accepted, HttpReply } from '../http/reply/http.reply.js';
import type { AcceptedTask } from '../task/task.dto.js';
import type { ServerActionBody, ServerCreateBody } from './server.dto.js';
import type { PortBody, ServerBody } from './server.view.dto.js';

export function requestOf(body: ServerCreateBody): ServerRequest {
  const {
    min_count: minCount,
    security_groups: securityGroups,
    key_pair: keyPair,
    user_data: userData,
  } = body;
  const { name, flavor, image, network, metadata, placement, preemptible } = body;
  const count = body.count ?? 1;
  return {
    count,
    minCount,
    name,
    flavor,
    image,
    network,
    networks: body.networks?.map(({ vpc, subnet, network: logical, fixed_ips: fixedIps }) => ({
      ...{ vpc, subnet, network: logical, fixedIps },
    })),
    preemptible,
    securityGroups,
    keyPair,
    userData,
    metadata,
    placement,
  };
}

/** @throws RequestFault when a type is given for an action that has none. */
export function actionOf({ action, type }: ServerActionBody): ServerActionInput['action'] {
  if (action === 'reboot') return `reboot_${type ?? 'soft'}`;
  if (type === undefined) return action;
  throw RequestFault.badBody([{ pointer: '/type', detail: `is only for reboot; ${action} has no types` }]);
}

export function createdReply({ servers, task }: CreatedServers): HttpReply {
  const [first] = servers;
  const location =
    first && task.childCount === undefined ? `/v1/servers/${first.id}` : `/v1/servers?task_id=${task.id}`;
  const { id, kind } = task;
  return accepted(location, { servers, task: { id, kind, status: 'queued' } } as { task: { id: string } });
}

/** The server as it is now, and the task that changes it. */
export function changedReply(server: ServerBody, task: Pick<AcceptedTask, 'id'>): HttpReply {
  const reply = accepted(`/v1/servers/${server.id}`, { server, task } as { task: { id: string } });
  return new HttpReply(reply.statusCode, reply.body, { ...reply.headers, etag: etagOf(server.version) });
}

export function portView(port: ServerPort): PortBody {
  return {
    id: port.id,
    server_id: port.serverId,
    cluster_id: port.clusterId,
    network_id: port.networkId,
    openstack_id: port.openstackId,
    mac_address: port.macAddress,
    fixed_ips: port.fixedIps,
    status: port.observedStatus ?? 'N/A',
    observed_at: (port.observedAt ?? port.createdAt).toISOString(),
    created_at: port.createdAt.toISOString(),
  };
}
