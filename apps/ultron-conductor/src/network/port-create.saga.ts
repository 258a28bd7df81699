import type { FaultRecord } from '@ultron/kernel/fault';
import { NETWORK_DOMAIN, NETWORK_TASK, type PortCreateInput } from '@ultron/network/lifecycle/network-task';
import type { Port } from '@ultron/network/port/port.entity';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import {
  done,
  NOTHING,
  saga,
  type StepContext,
  type StepResult,
  type UndoContext,
} from '@ultron/tasks/saga/saga';
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
  return done({ policy_id: policy.openstackId });
}

async function makePort(step: Step<{ prepare: Prepared }>): Promise<StepResult<Made>> {
  const { deps, input, signal, outputs } = step;
  const port = await portOf(step);
  const doubtful = mayHaveHappened(step);
  const [found] = doubtful ? await listMarked(step) : [];
  if (!found && step.inDoubt) return settle(`port ${port.id}`);
  const { ports } = (await deps.clouds.get(input.cluster_id)).network;
  const body = await portCreateWire(deps, port, outputs.prepare.policy_id);
  const made = found ?? (await ports.create(body, callOptions(signal)));
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
