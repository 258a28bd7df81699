import type { FloatingIp } from '@ultron/network/floating-ip/floating-ip.entity';
import {
  NETWORK_DOMAIN,
  NETWORK_TASK,
  type FloatingIpIntent,
  type FloatingIpUpdateInput,
} from '@ultron/network/lifecycle/network-task';
import { Fault } from '@ultron/kernel/fault';
import type { FloatingIpUpdateWire, FloatingIpWire } from '@ultron/openstack/network/floating-ips.wire';
import {
  done,
  NOTHING,
  saga,
  type StepContext,
  type StepResult,
  type UndoContext,
} from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { seenFloatingIp, targetWire } from './floating-ip-create.saga.js';
import { changeAtRevision, goneInCluster, isGone, notOurs } from './neutron-step.js';
import type { PortNetworkDeps } from './port-network.deps.js';
import { policyInCluster } from './qos-use.js';

interface Prepared {
  policy_id: string | null;
}

type Step<Outputs = object> = StepContext<PortNetworkDeps, FloatingIpUpdateInput, Outputs>;

/** Leads a floating IP elsewhere, or nowhere, or puts it under a policy. What the cluster refuses is taken back. */
export const floatingIpUpdate = saga<PortNetworkDeps, FloatingIpUpdateInput>(
  NETWORK_TASK.updateFloatingIp,
  NETWORK_DOMAIN,
)
  .step('prepare', { do: prepare, undo: NOTHING })
  .step('tell', { do: tell, undo: untell })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return async (tx) => {
        await deps.floatingIps.move(tx, { id: input.floating_ip_id, taskId, to: 'active' });
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: async (tx) => {
        const id = input.floating_ip_id;
        const ours = await deps.floatingIps.move(tx, { id, taskId, to: 'active', fault });
        if (ours) await deps.floatingIps.setIntent(tx, id, input.before);
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

async function tell(step: Step<{ prepare: Prepared }>): Promise<StepResult<null>> {
  const { deps, input, outputs } = step;
  const ip = await floatingIpOf(step);
  const told = await put(step, ip, ip, input.before, outputs.prepare.policy_id);
  return done(null, (tx) => deps.floatingIps.setSeen(tx, ip.id, seenFloatingIp(told)));
}

async function untell(
  step: UndoContext<PortNetworkDeps, FloatingIpUpdateInput, { prepare: Prepared }, null>,
): Promise<StepResult<void>> {
  const { deps, input } = step;
  const ip = await deps.floatingIps.find(deps.database.read, input.floating_ip_id);
  if (ip?.openstackId == null) return done(undefined);
  const { before } = input;
  const part = before.qosPolicyId
    ? await deps.qosPolicies.findPart(deps.database.read, before.qosPolicyId, input.cluster_id)
    : null;
  try {
    const told = await put(step, ip, await stillThere(deps, before), ip, part?.openstackId ?? null);
    return done(undefined, (tx) => deps.floatingIps.setSeen(tx, ip.id, seenFloatingIp(told)));
  } catch (error) {
    if (error instanceof Fault && error.code === 'gone_in_cluster') return done(undefined);
    throw error;
  }
}

/** The port to which it led may have been deleted meanwhile: then it leads nowhere. */
async function stillThere(
  deps: Pick<PortNetworkDeps, 'database' | 'ports'>,
  before: FloatingIpIntent,
): Promise<FloatingIpIntent> {
  const port = before.portId === null ? null : await deps.ports.find(deps.database.read, before.portId);
  return port?.openstackId != null && port.deletedAt === null
    ? before
    : { ...before, portId: null, fixedIpAddress: null };
}

async function put(
  { deps, input, signal }: Pick<Step, 'deps' | 'input' | 'signal'>,
  ip: FloatingIp,
  wanted: FloatingIpIntent,
  other: FloatingIpIntent,
  openstackPolicyId: string | null,
): Promise<FloatingIpWire> {
  const { floatingIps } = (await deps.clouds.get(input.cluster_id)).network;
  const id = ip.openstackId;
  if (id === null) throw goneInCluster(`floating IP ${ip.id}`);
  const body: FloatingIpUpdateWire = {
    // Always: Neutron takes a body without it for the wish to lead nowhere.
    ...(await targetWire(deps, wanted)),
    // Whenever there is one: from Zed to 2023.2, Neutron takes it away in every change that does not name it.
    ...((wanted.qosPolicyId ?? other.qosPolicyId) ? { qos_policy_id: openstackPolicyId } : {}),
  };
  try {
    return await changeAtRevision(
      deps,
      input.cluster_id,
      () => floatingIps.get(id, callOptions(signal)),
      (revision) => floatingIps.update(id, body, revision, callOptions(signal)),
    );
  } catch (error) {
    if (isGone(error)) throw goneInCluster(`floating IP ${ip.address ?? ip.id}, or what it leads to,`);
    throw error;
  }
}

async function floatingIpOf({ deps, input, taskId }: Step): Promise<FloatingIp> {
  const ip = await deps.floatingIps.find(deps.database.read, input.floating_ip_id);
  if (ip?.taskId === taskId) return ip;
  throw notOurs(`Floating IP ${input.floating_ip_id}`);
}
