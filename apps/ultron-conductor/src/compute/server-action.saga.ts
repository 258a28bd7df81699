import { ACTION_RULES, type ServerStatus } from '@ultron/compute/server/server.state';
import { COMPUTE_DOMAIN, SERVER_TASK, type ServerActionInput } from '@ultron/compute/server/server-task';
import { Fault, type FaultRecord } from '@ultron/kernel/fault';
import type { CallOptions } from '@ultron/openstack/call';
import { isKnown, type Servers } from '@ultron/openstack/compute/servers';
import type { ServerWire } from '@ultron/openstack/compute/servers.wire';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import {
  done,
  NOTHING,
  saga,
  waitFor,
  type Saga,
  type StepContext,
  type StepResult,
  type UndoContext,
} from '@ultron/tasks/saga/saga';
import type { ComputeDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';
import { serverCondition } from './server-conditions.js';
import { requireOwn } from './server-spec.js';
import { explainServer, lastFailure } from './server-fault.translate.js';

type Action = ServerActionInput['action'];
type Step<Outputs = object> = StepContext<ComputeDeps, ServerActionInput, Outputs>;

interface Target {
  openstack_id: string;
  cluster_name: string;
}
interface Requested extends Target {
  /** Under which Nova keeps the action; null when the server was found as wished. */
  request_id: string | null;
}

const LOOK_MS = 30_000;
/** A request that was sent may still be on its way when its sender is long dead: it gets this long to show. */
const SETTLE_MS = 2_000;
/** A server that is idle but not as wished for so many looks did not do what it was told. */
const MOST_LOOKS = 10;

const WISHED: Record<Action, string> = {
  start: 'ACTIVE',
  stop: 'SHUTOFF',
  reboot_soft: 'ACTIVE',
  reboot_hard: 'ACTIVE',
};

export const serverStart = actionSaga(SERVER_TASK.start);
export const serverStop = actionSaga(SERVER_TASK.stop);
export const serverReboot = actionSaga(SERVER_TASK.reboot);

/** Asks the cluster for an action and waits until the server is as it should be afterwards. */
function actionSaga(kind: string): Saga<ComputeDeps> {
  return saga<ComputeDeps, ServerActionInput>(kind, COMPUTE_DOMAIN)
    .step('request', { do: request, undo: seeWhatBecame })
    .step('settled', { do: settled, undo: NOTHING })
    .ends({
      succeeded: async ({ deps, input, taskId }) => {
        const to = ACTION_RULES[input.action].afterwards ?? input.previous_status;
        return async (tx) => {
          await deps.servers.move(tx, { id: input.server_id, taskId, to });
        };
      },
      unwound: async ({ deps, input, taskId, fault }) => {
        const row = await deps.servers.find(deps.database.read, input.server_id);
        const seen = SHOWN_AS[row?.observedStatus ?? ''] ?? input.previous_status;
        const to = isBroken(fault) ? 'error' : seen;
        return {
          kind: 'give_up',
          persist: async (tx) => {
            await deps.servers.move(tx, { id: input.server_id, taskId, to, fault });
          },
        };
      },
    });
}

/** How a server is shown that is at rest in its cluster. */
const SHOWN_AS: Partial<Record<string, ServerStatus>> = {
  ACTIVE: 'active',
  SHUTOFF: 'stopped',
  ERROR: 'error',
};

const isBroken = (fault: FaultRecord): boolean =>
  ['server_failed', 'no_valid_host', 'server_gone'].includes(fault.code);

async function request(step: Step): Promise<StepResult<Requested>> {
  const { deps, input, taskId } = step;
  const target = await targetOf(step);
  const requestId = await ask(step, target);
  const { meanwhile } = ACTION_RULES[input.action];
  return done({ ...target, request_id: requestId }, async (tx) => {
    // So it is already, unless an operator let a task begin anew that had failed.
    if (meanwhile) await deps.servers.move(tx, { id: input.server_id, taskId, to: meanwhile });
  });
}

/** A request cannot be taken back; its end is waited for, so that the server is then shown as it is. */
async function seeWhatBecame(
  step: UndoContext<ComputeDeps, ServerActionInput, object, Requested>,
): Promise<StepResult<void>> {
  const { deps, input, taskId } = step;
  const row = await deps.servers.find(deps.database.read, input.server_id);
  // Whoever has the server by now sees for himself.
  if (row?.taskId !== taskId || row.openstackId === null) return done(undefined);
  // A request whose outcome is unknown may still be on its way.
  if (step.output === undefined && step.tries === 0)
    return waitFor({
      on: 'time',
      afterMs: SETTLE_MS,
      what: 'the action, which may have been asked for, to show',
    });
  const target = await targetOf(step);
  const server = await lookOrNull(step, target);
  if (!server) return done(undefined);
  if (server['OS-EXT-STS:task_state']) return waitIdle(step, target);
  return done(undefined, observe(step, server));
}

/** The request id of the action; null when the server is as wished already, or on its way. */
async function ask(step: Step, target: Target): Promise<string | null> {
  const { deps, input, signal } = step;
  const mayHaveHappened = step.inDoubt || step.tries > 0;
  if (mayHaveHappened && (await isUnderWay(step, target))) return null;
  const { servers } = (await deps.clouds.get(input.cluster_id)).compute;
  try {
    return (await act(servers, target.openstack_id, input.action, callOptions(signal))) ?? null;
  } catch (error) {
    // Somebody else's doing, or an earlier try of ours.
    if (isConflict(error) && (await isUnderWay(step, target))) return null;
    throw error;
  }
}

function act(servers: Servers, id: string, action: Action, call: CallOptions): Promise<string | undefined> {
  if (action === 'start') return servers.start(id, call);
  if (action === 'stop') return servers.stop(id, call);
  return servers.reboot(id, action === 'reboot_soft' ? 'SOFT' : 'HARD', call);
}

const isConflict = (error: unknown): boolean => error instanceof OpenStackError && error.kind === 'conflict';

/** Whether the server does, or has done, what the action asks for. A reboot that ended leaves no trace: do it again. */
async function isUnderWay(step: Step, target: Target): Promise<boolean> {
  const server = await look(step, target);
  if (server['OS-EXT-STS:task_state']) return true;
  const reboot = step.input.action === 'reboot_soft' || step.input.action === 'reboot_hard';
  return !reboot && server.status === WISHED[step.input.action];
}

async function settled(step: Step<{ request: Requested }>): Promise<StepResult<{ status: string }>> {
  const { input, outputs } = step;
  if (step.tries === 0 && !step.inDoubt) return waitIdle(step, outputs.request);
  const server = await look(step, outputs.request);
  if (server.status === 'ERROR') throw await whyBroken(step);
  if (server['OS-EXT-STS:task_state']) return waitIdle(step, outputs.request);
  if (server.status === WISHED[input.action]) return done({ status: server.status }, observe(step, server));
  const failure = await lastFailure(step.deps, where(step), step.signal, outputs.request.request_id);
  if (failure.message !== null || step.tries >= MOST_LOOKS)
    throw refused(step, server.status, failure.message);
  return waitIdle(step, outputs.request);
}

function waitIdle({ input }: Step, target: Target): StepResult<never> {
  return waitFor(
    serverCondition({
      clusterId: input.cluster_id,
      openstackId: target.openstack_id,
      until: { idle: true },
      timeoutMs: LOOK_MS,
      what: `the server to become ${WISHED[input.action]} in its cluster`,
    }),
  );
}

function observe({ deps, input }: Step, server: ServerWire) {
  const seen = {
    openstackId: server.id,
    status: server.status,
    taskState: server['OS-EXT-STS:task_state'] ?? null,
    powerState: server['OS-EXT-STS:power_state'] ?? null,
  };
  return async (tx: Parameters<ComputeDeps['serverObservations']['apply']>[0]) => {
    await deps.serverObservations.apply(tx, input.cluster_id, [seen]);
  };
}

async function targetOf({ deps, input, taskId }: Step): Promise<Target> {
  const spec = await deps.serverSpecs.find(deps.database.read, input.server_id, input.cluster_id);
  if (spec) requireOwn(spec, taskId);
  const row = await deps.servers.find(deps.database.read, input.server_id);
  if (spec && row?.openstackId) return { openstack_id: row.openstackId, cluster_name: spec.clusterName };
  throw gone(input.server_id);
}

/** The server as its cluster shows it now. @throws Fault `server_gone`, `cell_down`. */
async function look(step: Step, target: Target): Promise<ServerWire> {
  const server = await lookOrNull(step, target);
  if (server) return server;
  throw gone(step.input.server_id);
}

/** As `look`; null when the cluster has no such server. @throws Fault `cell_down`. */
async function lookOrNull({ deps, input, signal }: Step, target: Target): Promise<ServerWire | null> {
  const cloud = await deps.clouds.get(input.cluster_id);
  const server = await cloud.compute.servers.find(target.openstack_id, callOptions(signal));
  if (!server || isKnown(server)) return server;
  throw new Fault({
    code: 'cell_down',
    category: 'unavailable',
    detail: `${target.cluster_name} cannot say how the server is: its cell is down.`,
    whoCanFix: 'cluster',
  });
}

function gone(serverId: string): Fault {
  return new Fault({
    code: 'server_gone',
    category: 'conflict',
    detail: `Server ${serverId} does not exist in its cluster any more; delete it.`,
    whoCanFix: 'caller',
  });
}

const where = ({ input, outputs }: Step<{ request: Requested }>) => ({
  clusterId: input.cluster_id,
  clusterName: outputs.request.cluster_name,
  openstackId: outputs.request.openstack_id,
});

const whyBroken = (step: Step<{ request: Requested }>): Promise<Fault> =>
  explainServer(step.deps, where(step), step.signal);

function refused(step: Step<{ request: Requested }>, status: string, message: string | null): Fault {
  const { cluster_name: cluster, request_id: requestId } = step.outputs.request;
  return new Fault({
    code: 'action_failed',
    category: 'unavailable',
    detail: `${cluster}: the server is ${status} and not ${WISHED[step.input.action]}: ${message ?? 'the cluster does not say why'}.`,
    retryable: false,
    whoCanFix: 'cluster',
    extra: { openstack: { cluster, service: 'compute', request_id: requestId } },
  });
}
