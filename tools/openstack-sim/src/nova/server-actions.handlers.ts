import { isRecord } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, tokenOf } from '../http/call.js';
import type { Delay } from '../clock/random.js';
import type { PendingRow, ServerRow } from './compute.store.js';
import { beginAction } from './lifecycle.js';
import { badRequest, conflict, requireAdmin } from './nova.errors.js';
import { findServer } from './servers.access.js';
import { type ActionName, POWER, type TaskState, forbids } from './server.state.js';

/** `POST /servers/{id}/action`. */
export function serverAction(call: Call): Reply {
  const body = isRecord(call.body) ? call.body : {};
  const [name, ...others] = Object.keys(body);
  if (name === undefined || others.length > 0) throw badRequest('Malformed request body');
  const action = ACTIONS[name];
  if (!action) {
    if (UNSUPPORTED.has(name)) throw new ApiError(501, `The simulator does not do the action ${name}.`);
    throw badRequest(`There is no such action: ${name}`);
  }
  return action(call, findServer(call), body[name]);
}

type Action = (call: Call, row: ServerRow, argument: unknown) => Reply;

const ACTIONS: Record<string, Action> = {
  'os-start': (call, row) =>
    power(call, row, {
      name: 'start',
      task: 'powering-on',
      kind: 'start',
      delay: call.cluster.settings.lifecycle.start,
    }),
  'os-stop': (call, row) =>
    power(call, row, {
      name: 'stop',
      task: 'powering-off',
      kind: 'stop',
      delay: call.cluster.settings.lifecycle.stop,
    }),
  reboot,
  forceDelete: (call, row) => remove(call, row),
  'os-resetState': resetState,
  lock,
  unlock,
};

/** What Nova does besides, and the simulator does not. */
const UNSUPPORTED = new Set([
  'addFixedIp',
  'addFloatingIp',
  'addSecurityGroup',
  'changePassword',
  'confirmResize',
  'createBackup',
  'createImage',
  'evacuate',
  'injectNetworkInfo',
  'migrate',
  'os-getConsoleOutput',
  'os-getRDPConsole',
  'os-getSerialConsole',
  'os-getSPICEConsole',
  'os-getVNCConsole',
  'os-migrateLive',
  'pause',
  'rebuild',
  'removeFixedIp',
  'removeFloatingIp',
  'removeSecurityGroup',
  'rescue',
  'resetNetwork',
  'resize',
  'restore',
  'resume',
  'revertResize',
  'shelve',
  'shelveOffload',
  'suspend',
  'trigger_crash_dump',
  'unpause',
  'unrescue',
  'unshelve',
]);

interface PowerStep {
  name: ActionName;
  task: TaskState;
  kind: PendingRow['kind'];
  delay: Delay;
}

function power(call: Call, row: ServerRow, step: PowerStep): Reply {
  refuseLocked(call, row);
  const forbidding = forbids(step.name, row.vmState, row.taskState);
  if (forbidding) throw invalidState(row, step.name, forbidding);
  const { cluster } = call;
  const verb = step.kind;
  const action = beginAction(row, verb, {
    requestId: call.requestId,
    userId: tokenOf(call).user.id,
    now: cluster.clock.now(),
  });
  cluster.compute.update(row, { taskState: step.task });
  cluster.lifecycle.begin(row, step.kind, step.delay, action);
  return empty(202);
}

function reboot(call: Call, row: ServerRow, argument: unknown): Reply {
  const type = isRecord(argument) ? String(argument['type']).toUpperCase() : '';
  const { lifecycle } = call.cluster.settings;
  if (type === 'SOFT')
    return power(call, row, {
      name: 'soft reboot',
      task: 'rebooting',
      kind: 'reboot',
      delay: lifecycle.softReboot,
    });
  if (type === 'HARD')
    return power(call, row, {
      name: 'hard reboot',
      task: 'rebooting_hard',
      kind: 'reboot',
      delay: lifecycle.hardReboot,
    });
  throw badRequest(
    `Invalid input for field/attribute type. Value: ${type}. '${type}' is not one of ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']`,
  );
}

function remove(call: Call, row: ServerRow): Reply {
  const { cluster } = call;
  const action = beginAction(row, 'delete', {
    requestId: call.requestId,
    userId: tokenOf(call).user.id,
    now: cluster.clock.now(),
  });
  cluster.compute.update(row, { taskState: 'deleting' });
  cluster.lifecycle.begin(row, 'delete', cluster.settings.lifecycle.delete, action);
  return empty(202);
}

function resetState(call: Call, row: ServerRow, argument: unknown): Reply {
  requireAdmin(call, 'os_compute_api:os-admin-actions:reset_state');
  const state = isRecord(argument) ? argument['state'] : undefined;
  if (state !== 'active' && state !== 'error') throw badRequest('Invalid input for field/attribute state.');
  row.pending = null;
  call.cluster.compute.update(row, {
    vmState: state,
    taskState: null,
    powerState: state === 'active' ? POWER.running : row.powerState,
  });
  return empty(202);
}

function lock(call: Call, row: ServerRow, argument: unknown): Reply {
  const reason = isRecord(argument) && call.microversion >= 73 ? argument['locked_reason'] : null;
  call.cluster.compute.update(row, {
    locked: true,
    lockedReason: typeof reason === 'string' ? reason : null,
  });
  return empty(202);
}

function unlock(call: Call, row: ServerRow): Reply {
  call.cluster.compute.update(row, { locked: false, lockedReason: null });
  return empty(202);
}

/** Administrators pass a lock. */
function refuseLocked(call: Call, row: ServerRow): void {
  if (row.locked && !tokenOf(call).roles.includes('admin')) throw conflict(`Instance ${row.id} is locked`);
}

const VERBS: Record<ActionName, string> = {
  start: 'start',
  stop: 'stop',
  'soft reboot': 'reboot',
  'hard reboot': 'reboot',
};

function invalidState(row: ServerRow, name: ActionName, attribute: 'vm_state' | 'task_state'): ApiError {
  const state = attribute === 'vm_state' ? row.vmState : row.taskState;
  return conflict(`Cannot '${VERBS[name]}' instance ${row.id} while it is in ${attribute} ${state}`);
}
