import type {
  InstanceActionEventWire,
  InstanceActionListWire,
  InstanceActionResponseWire,
  InstanceActionWire,
} from '@ultron/openstack/compute/instance-actions.wire';
import { type Call, type Reply, param, reply } from '../http/call.js';
import { zonelessTime } from '../http/times.js';
import type { ActionRow, ServerRow } from './compute.store.js';
import { isAdmin, notFound } from './nova.errors.js';
import { findServer } from './servers.access.js';

/** `GET /servers/{id}/os-instance-actions`, newest first; of deleted servers too from 2.21 on. */
export function listInstanceActions(call: Call): Reply {
  const row = owner(call);
  return reply<InstanceActionListWire>(200, {
    instanceActions: row.actions.toReversed().map((action) => view(call, row, action)),
  });
}

/** `GET /servers/{id}/os-instance-actions/{request_id}`. */
export function showInstanceAction(call: Call): Reply {
  const row = owner(call);
  const id = param(call, 'request');
  const action = row.actions.find((one) => one.requestId === id);
  if (!action) throw notFound(`Action for request_id ${id} on instance ${row.id} not found`);
  const shown = isAdmin(call) || call.microversion >= 51;
  return reply<InstanceActionResponseWire>(200, {
    instanceAction: {
      ...view(call, row, action),
      ...(shown ? { events: action.events.map((event) => eventView(call, event)) } : {}),
    },
  });
}

function owner(call: Call): ServerRow {
  return findServer(call, { evenDeleted: call.microversion >= 21 });
}

function view(call: Call, row: ServerRow, action: ActionRow): InstanceActionWire {
  return {
    action: action.action,
    instance_uuid: row.id,
    request_id: action.requestId,
    project_id: action.projectId,
    user_id: action.userId,
    start_time: zonelessTime(action.startTime),
    message: action.message,
    ...(call.microversion >= 58 ? { updated_at: zonelessTime(action.updatedAt) } : {}),
  };
}

/** Hosts (2.62) and tracebacks are for administrators; the reason in words came with 2.84. */
function eventView(call: Call, event: InstanceActionEventWire): InstanceActionEventWire {
  const { traceback, host, details, ...rest } = event;
  return {
    ...rest,
    ...(isAdmin(call) ? { traceback: traceback ?? null } : {}),
    ...(call.microversion >= 62 ? { hostId: '', ...(isAdmin(call) ? { host: host ?? null } : {}) } : {}),
    ...(call.microversion >= 84 ? { details: details ?? null } : {}),
  };
}
