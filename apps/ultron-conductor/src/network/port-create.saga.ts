import { Fault, type FaultRecord } from '@ultron/kernel/fault';
import { NETWORK_DOMAIN, NETWORK_TASK, type PortCreateInput } from '@ultron/network/lifecycle/network-task';
import type { Port } from '@ultron/network/port/port.entity';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import {
  done,
  NOTHING,
  saga,
  waitFor,
  type StepContext,
  type StepResult,
  type UndoContext,
  type Waiting,
} from '@ultron/tasks/saga/saga';
import { isFinal } from '@ultron/tasks/task/task.state';
import { callOptions } from '../openstack/call-options.js';
import { clusterHas } from '../openstack/cluster-features.js';
import { neutronMark, neutronTag } from './neutron-marks.rules.js';
import { mayHaveHappened, notOurs, settle } from './neutron-step.js';
import type { PortNetworkDeps } from './port-network.deps.js';
import { portCreateWire, seenPort } from './port-wire.js';
import { policyInCluster } from './qos-use.js';

interface Prepared {
  policy_id: string | null;
}
interface Made {
  openstack_id: string;
  /** Another one may have been made whose answer was lost. */
  doubtful: boolean;
}

/** The address is held longer than that, and held anew each time. */
const SEGMENT_MS = 60_000;
const LOOK_MS = 2_000;

type Step<Outputs = object> = StepContext<PortNetworkDeps, PortCreateInput, Outputs>;

/** Makes a port in its cluster, with the address that was reserved for it when it was asked for. */
export const portCreate = saga<PortNetworkDeps, PortCreateInput>(NETWORK_TASK.createPort, NETWORK_DOMAIN)
  .step('prepare', { do: prepare, undo: NOTHING })
  .step('port', { do: makePort, undo: undoPort })
  .step('mark', { do: mark, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return async (tx) => {
        await deps.ports.move(tx, { id: input.port_id, taskId, to: 'active' });
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => giveUp(deps, input, taskId, fault),
  });

/** The cluster has the policy, and the address is still the port's. */
async function prepare(step: Step): Promise<StepResult<Prepared>> {
  const { deps, input } = step;
  const port = await portOf(step);
  const policy = await policyInCluster(deps, {
    policyId: port.qosPolicyId,
    clusterId: input.cluster_id,
    taskId: input.qos_task_id,
  });
  if ('kind' in policy) return policy;
  await deps.database.transaction((tx) => deps.portAddresses.keep(tx, port));
  return (await awaitSegment(deps, port)) ?? done({ policy_id: policy.openstackId });
}

/** Its address may lie in a segment that was dealt to the cluster for it, and is still being built. */
async function awaitSegment(deps: PortNetworkDeps, port: Port): Promise<Waiting | null> {
  if (port.segmentId === null) return null;
  const segment = await deps.portPlaces.findSegment(deps.database.read, port.segmentId);
  if (segment?.state === 'active') return null;
  const task = segment?.taskId == null ? null : await deps.tasks.find(segment.taskId);
  if (segment?.state === 'reserved' || segment?.state === 'creating') {
    const what = `segment ${port.segmentId} to be built in the cluster`;
    // Its task may have ended since the segment was read, or a new one be about to begin.
    if (!task || isFinal(task.status)) return waitFor({ on: 'time', afterMs: LOOK_MS, what });
    return waitFor({ on: 'task', taskId: task.id, timeoutMs: SEGMENT_MS, what });
  }
  throw new Fault({
    code: 'segment_not_built',
    category: 'capacity',
    detail: `The cluster could not build the segment of the port, which is ${segment?.state ?? 'gone'}: ${task?.error?.detail ?? 'its task has ended'}`,
    retryable: false,
    whoCanFix: task?.error?.who_can_fix ?? 'operator',
  });
}

async function makePort(step: Step<{ prepare: Prepared }>): Promise<StepResult<Made>> {
  const { deps, input, signal, outputs } = step;
  const port = await portOf(step);
  const doubtful = mayHaveHappened(step);
  const [found] = doubtful ? await listMarked(step) : [];
  if (!found && step.inDoubt) return settle(`port ${port.id}`);
  const body = await portCreateWire(deps, port, outputs.prepare.policy_id);
  const made = found ?? (await deps.portBatch.create(input.cluster_id, body, callOptions(signal)));
  return done({ openstack_id: made.id, doubtful }, async (tx) => {
    await deps.ports.setSeen(tx, port.id, seenPort(made));
    await deps.portAddresses.bind(tx, port, made.id);
  });
}

async function undoPort(
  step: UndoContext<PortNetworkDeps, PortCreateInput, { prepare: Prepared }, Made>,
): Promise<StepResult<void>> {
  const { deps, input, output, signal } = step;
  if (!output && step.inDoubt) return settle(`port ${input.port_id}`);
  const { ports } = (await deps.clouds.get(input.cluster_id)).network;
  if (output) await ports.delete(output.openstack_id, callOptions(signal));
  if (!output || output.doubtful) {
    for (const { id } of await listMarked(step)) await ports.delete(id, callOptions(signal));
  }
  return done(undefined, (tx) => deps.ports.setUnseen(tx, input.port_id));
}

/** Tags it where that could not be done at its creation, and sees to it that it is the only one. */
async function mark(step: Step<{ port: Made }>): Promise<StepResult<null>> {
  const { deps, input, outputs, signal } = step;
  const { openstack_id: id, doubtful } = outputs.port;
  const { ports } = (await deps.clouds.get(input.cluster_id)).network;
  const atCreation = await clusterHas(deps, input.cluster_id, 'port_tags_at_create');
  if (!atCreation && (await clusterHas(deps, input.cluster_id, 'port_tags')))
    await ports.tags.add(id, neutronTag(input.port_id), callOptions(signal));
  const others = doubtful ? (await listMarked(step)).filter((port) => port.id !== id) : [];
  for (const other of others) await ports.delete(other.id, callOptions(signal));
  return done(null);
}

/** All ports in the cluster that bear the mark, oldest first. */
export async function listMarked({
  deps,
  input,
  signal,
}: {
  deps: Pick<PortNetworkDeps, 'clouds'>;
  input: { port_id: string; cluster_id: string };
  signal: AbortSignal;
}): Promise<PortWire[]> {
  const { ports } = (await deps.clouds.get(input.cluster_id)).network;
  const found = await ports.list({ name: [neutronMark(input.port_id)] }, callOptions(signal)).all();
  return found.toSorted((a, b) => ((a.created_at ?? '') < (b.created_at ?? '') ? -1 : 1));
}

async function portOf({ deps, input, taskId }: Step): Promise<Port> {
  const port = await deps.ports.find(deps.database.read, input.port_id);
  if (port?.taskId === taskId) return port;
  throw notOurs(`Port ${input.port_id}`);
}

async function giveUp(deps: PortNetworkDeps, input: PortCreateInput, taskId: string, fault: FaultRecord) {
  const port = await deps.ports.find(deps.database.read, input.port_id);
  return {
    kind: 'give_up' as const,
    persist: async (tx: Parameters<PortNetworkDeps['ports']['move']>[0]) => {
      // The cluster may have been told of the address, so it cools.
      if (port) await deps.portAddresses.release(tx, port);
      await deps.ports.move(tx, { id: input.port_id, taskId, to: 'error', fault });
    },
  };
}
