import type { FloatingIp } from '@ultron/network/floating-ip/floating-ip.entity';
import type { SeenFloatingIp } from '@ultron/network/floating-ip/floating-ip.repository';
import {
  NETWORK_DOMAIN,
  NETWORK_TASK,
  type FloatingIpCreateInput,
} from '@ultron/network/lifecycle/network-task';
import { Fault } from '@ultron/kernel/fault';
import type { FloatingIpCreateWire, FloatingIpWire } from '@ultron/openstack/network/floating-ips.wire';
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
import { policyInCluster } from './qos-use.js';

interface Prepared {
  policy_id: string | null;
}
interface Made {
  openstack_id: string;
  /** Another one may have been made whose answer was lost. */
  doubtful: boolean;
}

type Step<Outputs = object> = StepContext<PortNetworkDeps, FloatingIpCreateInput, Outputs>;

/** Allocates a floating IP in its cluster; with a port it leads there from the beginning. */
export const floatingIpCreate = saga<PortNetworkDeps, FloatingIpCreateInput>(
  NETWORK_TASK.createFloatingIp,
  NETWORK_DOMAIN,
)
  .step('prepare', { do: prepare, undo: NOTHING })
  .step('floating_ip', { do: allocate, undo: release })
  .step('mark', { do: mark, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return async (tx) => {
        await deps.floatingIps.move(tx, { id: input.floating_ip_id, taskId, to: 'active' });
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: async (tx) => {
        await deps.floatingIps.move(tx, { id: input.floating_ip_id, taskId, to: 'error', fault });
      },
    }),
  });

async function prepare(step: Step): Promise<StepResult<Prepared>> {
  const { deps, input } = step;
  const ip = await floatingIpOf(step);
  const policy = await policyInCluster(deps, {
    policyId: ip.qosPolicyId,
    clusterId: input.cluster_id,
    taskId: input.qos_task_id,
  });
  return 'kind' in policy ? policy : done({ policy_id: policy.openstackId });
}

async function allocate(step: Step<{ prepare: Prepared }>): Promise<StepResult<Made>> {
  const { deps, input, signal, outputs } = step;
  const ip = await floatingIpOf(step);
  const doubtful = mayHaveHappened(step);
  const [found] = doubtful ? await listMarked(step) : [];
  if (!found && step.inDoubt) return settle(`floating IP ${ip.id}`);
  const { floatingIps } = (await deps.clouds.get(input.cluster_id)).network;
  const body = await createWire(deps, ip, outputs.prepare.policy_id);
  const made = found ?? (await floatingIps.create(body, callOptions(signal)));
  return done({ openstack_id: made.id, doubtful }, (tx) =>
    deps.floatingIps.setSeen(tx, ip.id, seenFloatingIp(made)),
  );
}

async function release(
  step: UndoContext<PortNetworkDeps, FloatingIpCreateInput, { prepare: Prepared }, Made>,
): Promise<StepResult<void>> {
  const { deps, input, output, signal } = step;
  if (!output && step.inDoubt) return settle(`floating IP ${input.floating_ip_id}`);
  const { floatingIps } = (await deps.clouds.get(input.cluster_id)).network;
  if (output) await floatingIps.delete(output.openstack_id, callOptions(signal));
  if (!output || output.doubtful) {
    for (const { id } of await listMarked(step)) await floatingIps.delete(id, callOptions(signal));
  }
  return done(undefined, (tx) => deps.floatingIps.setUnseen(tx, input.floating_ip_id));
}

/** Tags it, and sees to it that it is the only one. */
async function mark(step: Step<{ floating_ip: Made }>): Promise<StepResult<null>> {
  const { deps, input, outputs, signal } = step;
  const { openstack_id: id, doubtful } = outputs.floating_ip;
  const { floatingIps } = (await deps.clouds.get(input.cluster_id)).network;
  if (await clusterHas(deps, input.cluster_id, 'port_tags'))
    await floatingIps.tags.add(id, neutronTag(input.floating_ip_id), callOptions(signal));
  const others = doubtful ? (await listMarked(step)).filter((other) => other.id !== id) : [];
  for (const other of others) await floatingIps.delete(other.id, callOptions(signal));
  return done(null);
}

async function createWire(
  deps: PortNetworkDeps,
  ip: FloatingIp,
  openstackPolicyId: string | null,
): Promise<FloatingIpCreateWire> {
  const { read } = deps.database;
  const network = await deps.networks.findInCluster(read, ip.networkId, ip.clusterId);
  if (!network) throw lacksNetwork(ip);
  return {
    floating_network_id: network.openstackId,
    description: neutronMark(ip.id),
    ...(await targetWire(deps, ip)),
    ...(openstackPolicyId === null ? {} : { qos_policy_id: openstackPolicyId }),
  };
}

/** Where it leads, as Neutron takes it. */
export async function targetWire(
  deps: Pick<PortNetworkDeps, 'database' | 'ports'>,
  { portId, fixedIpAddress }: Pick<FloatingIp, 'portId' | 'fixedIpAddress'>,
): Promise<{ port_id: string | null; fixed_ip_address?: string }> {
  if (portId === null) return { port_id: null };
  const port = await deps.ports.find(deps.database.read, portId);
  if (port?.openstackId == null) {
    throw new Fault({
      code: 'port_not_ready',
      category: 'conflict',
      detail: `Port ${portId} does not exist in the cluster any more: nothing can lead to it.`,
    });
  }
  return {
    port_id: port.openstackId,
    ...(fixedIpAddress === null ? {} : { fixed_ip_address: fixedIpAddress }),
  };
}

/** All floating IPs in the cluster that bear the mark, oldest first. */
export async function listMarked({
  deps,
  input,
  signal,
}: {
  deps: Pick<PortNetworkDeps, 'clouds'>;
  input: { floating_ip_id: string; cluster_id: string };
  signal: AbortSignal;
}): Promise<FloatingIpWire[]> {
  const { floatingIps } = (await deps.clouds.get(input.cluster_id)).network;
  const description = neutronMark(input.floating_ip_id);
  const found = await floatingIps.list({ description }, callOptions(signal)).all();
  return found
    .filter((ip) => ip.description === description)
    .toSorted((a, b) => ((a.created_at ?? '') < (b.created_at ?? '') ? -1 : 1));
}

export const seenFloatingIp = (ip: FloatingIpWire): SeenFloatingIp => ({
  openstackId: ip.id,
  address: ip.floating_ip_address,
  status: ip.status,
  revisionNumber: ip.revision_number ?? null,
});

async function floatingIpOf({ deps, input, taskId }: Step): Promise<FloatingIp> {
  const ip = await deps.floatingIps.find(deps.database.read, input.floating_ip_id);
  if (ip?.taskId === taskId) return ip;
  throw notOurs(`Floating IP ${input.floating_ip_id}`);
}

function lacksNetwork(ip: FloatingIp): Fault {
  return new Fault({
    code: 'cluster_lacks_resource',
    category: 'conflict',
    detail: `The cluster does not have the external network ${ip.networkId} any more.`,
    retryable: false,
    whoCanFix: 'operator',
  });
}
