import type { ServerResponseWire, ServerUpdateRequestWire } from '@ultron/openstack/compute/servers.wire';
import { bodyMember } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, reply, tokenOf } from '../http/call.js';
import { findServer } from './servers.access.js';
import { beginAction } from './lifecycle.js';
import { isDown } from './down-cells.js';
import { badRequest } from './nova.errors.js';
import { serverView, unknownView, updatedView } from './servers.views.js';

/** `GET /servers/{id}`. */
export function showServer(call: Call): Reply {
  const row = findServer(call, { evenInDownCell: true });
  return reply<ServerResponseWire>(200, {
    server: isDown(call, row)
      ? unknownView(call, row, true)
      : { ...serverView(call, row), ...(call.microversion >= 71 ? { server_groups: [] } : {}) },
  });
}

/** `PUT /servers/{id}`: name, description (2.19), access addresses. */
export function updateServer(call: Call): Reply {
  const row = findServer(call);
  const given = bodyMember(call, 'server') as ServerUpdateRequestWire['server'];
  if (
    given.name !== undefined &&
    (typeof given.name !== 'string' || given.name.trim() === '' || given.name.length > 255)
  ) {
    throw badRequest(
      `Invalid input for field/attribute name. Value: ${String(given.name)}. '${String(given.name)}' does not match the name format.`,
    );
  }
  if (given.description !== undefined && call.microversion < 19) {
    throw badRequest(
      "Invalid input for field/attribute server. Additional properties are not allowed ('description' was unexpected)",
    );
  }
  call.cluster.compute.update(row, {
    ...(given.name === undefined ? {} : { name: given.name }),
    ...(given.description === undefined ? {} : { description: given.description }),
    ...(given.accessIPv4 === undefined ? {} : { accessIPv4: given.accessIPv4 }),
    ...(given.accessIPv6 === undefined ? {} : { accessIPv6: given.accessIPv6 }),
  });
  return reply<ServerResponseWire>(200, { server: updatedView(call, row) });
}

/** `DELETE /servers/{id}`: 204 at once, also again while it is under way; the server is gone a little later. */
export function deleteServer(call: Call): Reply {
  const row = findServer(call);
  if (row.locked && !tokenOf(call).roles.includes('admin'))
    throw new ApiError(409, `Instance ${row.id} is locked`);
  if (row.taskState === 'deleting') return empty(204);
  const { cluster } = call;
  const action = beginAction(row, 'delete', {
    requestId: call.requestId,
    userId: tokenOf(call).user.id,
    now: cluster.clock.now(),
  });
  cluster.compute.update(row, { taskState: 'deleting' });
  // What never reached a host is deleted by the API itself, without waiting for a compute service.
  cluster.lifecycle.begin(row, 'delete', row.host ? cluster.settings.lifecycle.delete : 0, action);
  return empty(204);
}
