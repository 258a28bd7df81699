import type { ServerStatusWire } from '@ultron/openstack/compute/servers.wire';

export type VmState = 'building' | 'active' | 'stopped' | 'error' | 'deleted';
export type TaskState =
  | null
  | 'scheduling'
  | 'networking'
  | 'spawning'
  | 'powering-off'
  | 'powering-on'
  | 'rebooting'
  | 'rebooting_hard'
  | 'deleting';

/** NOSTATE, RUNNING, SHUTDOWN (`nova/compute/power_state.py`). */
export const POWER = { none: 0, running: 1, shutdown: 4 } as const;

/** The `status` that the API shows (`nova/api/openstack/common.py`, `_STATE_MAP`). */
export function statusOf(vm: VmState, task: TaskState): ServerStatusWire {
  switch (vm) {
    case 'building':
      return 'BUILD';
    case 'active':
      if (task === 'rebooting') return 'REBOOT';
      return task === 'rebooting_hard' ? 'HARD_REBOOT' : 'ACTIVE';
    case 'stopped':
      return 'SHUTOFF';
    case 'error':
      return 'ERROR';
    case 'deleted':
      return 'DELETED';
  }
}

/** Vm states behind a `status` filter (`vm_state_from_status` in the same file). */
export function statesOf(status: string): VmState[] {
  const found: Partial<Record<string, VmState[]>> = {
    ACTIVE: ['active'],
    REBOOT: ['active'],
    HARD_REBOOT: ['active'],
    BUILD: ['building'],
    SHUTOFF: ['stopped'],
    ERROR: ['error'],
    DELETED: ['deleted'],
  };
  return found[status.toUpperCase()] ?? [];
}

export type ActionName = 'start' | 'stop' | 'soft reboot' | 'hard reboot';

/** In which states Nova takes an action (`check_instance_state` in `nova/compute/api.py`). */
const ALLOWED: Record<ActionName, { vm: readonly VmState[]; task: readonly TaskState[] | 'any' }> = {
  start: { vm: ['stopped'], task: [null] },
  stop: { vm: ['active', 'error'], task: [null] },
  'soft reboot': { vm: ['active'], task: [null] },
  'hard reboot': { vm: ['active', 'stopped', 'error'], task: [null, 'rebooting', 'rebooting_hard'] },
};

/** Which of the two states forbids the action; undefined when it is allowed. */
export function forbids(
  action: ActionName,
  vm: VmState,
  task: TaskState,
): 'vm_state' | 'task_state' | undefined {
  const rule = ALLOWED[action];
  if (!rule.vm.includes(vm)) return 'vm_state';
  return rule.task === 'any' || rule.task.includes(task) ? undefined : 'task_state';
}
