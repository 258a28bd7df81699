import { NETWORK_DOMAIN, NETWORK_TASK, type PortUpdateInput } from '@ultron/network/lifecycle/network-task';
import type { Port } from '@ultron/network/port/port.entity';
import type { PortIntent } from '@ultron/network/port/port.repository';
import { intentOf } from '@ultron/network/port/port.service';
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
import { changeAtRevision, goneInCluster, isGone, notOurs } from './neutron-step.js';
import type { PortNetworkDeps } from './port-network.deps.js';
import { intentWire, seenPort } from './port-wire.js';
import { policyInCluster } from './qos-use.js';

interface Prepared {
  policy_id: string | null;
}

type Step<Outputs = object> = StepContext<PortNetworkDeps, PortUpdateInput, Outputs>;

/** Tells a cluster what is wished of a port now. What it refuses is taken back, there and in Ultron. */
export const portUpdate = saga<PortNetworkDeps, PortUpdateInput>(NETWORK_TASK.updatePort, NETWORK_DOMAIN)
  .step('prepare', { do: prepare, undo: NOTHING })
  .step('tell', { do: tell, undo: untell })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return async (tx) => {
        await deps.ports.move(tx, { id: input.port_id, taskId, to: 'active' });
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: async (tx) => {
        const ours = await deps.ports.move(tx, { id: input.port_id, taskId, to: 'active', fault });
        if (ours) await deps.ports.setIntent(tx, input.port_id, input.before);
      },
    }),
  });

async function prepare(step: Step): Promise<StepResult<Prepared>> {
  const { deps, input } = step;
  const port = await portOf(step);
  const policy = await policyInCluster(deps, {
    policyId: port.qosPolicyId,
    clusterId: input.cluster_id,
    taskId: input.qos_task_id,
  });
  return 'kind' in policy ? policy : done({ policy_id: policy.openstackId });
}

async function tell(step: Step<{ prepare: Prepared }>): Promise<StepResult<null>> {
  const { deps, input } = step;
  const port = await portOf(step);
  const told = await put(step, port, intentOf(port), input.before, step.outputs.prepare.policy_id);
  return done(null, (tx) => deps.ports.setSeen(tx, port.id, seenPort(told)));
}

async function untell(
  step: UndoContext<PortNetworkDeps, PortUpdateInput, { prepare: Prepared }, null>,
): Promise<StepResult<void>> {
  const { deps, input } = step;
  const port = await deps.ports.find(deps.database.read, input.port_id);
  if (port?.openstackId == null) return done(undefined);
  const { before } = input;
  const part = before.qosPolicyId
    ? await deps.qosPolicies.findPart(deps.database.read, before.qosPolicyId, input.cluster_id)
    : null;
  try {
    const told = await put(step, port, before, intentOf(port), part?.openstackId ?? null);
    return done(undefined, (tx) => deps.ports.setSeen(tx, port.id, seenPort(told)));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'gone_in_cluster') return done(undefined);
    throw error;
  }
}

/** Only what differs: a cluster without an extension refuses its fields, whatever they say. */
async function put(
  { deps, input, signal }: Pick<Step, 'deps' | 'input' | 'signal'>,
  port: Port,
  wanted: PortIntent,
  other: PortIntent,
  openstackPolicyId: string | null,
): Promise<PortWire> {
  const { ports } = (await deps.clouds.get(input.cluster_id)).network;
  const id = port.openstackId;
  if (id === null) throw goneInCluster(`port ${port.id}`);
  const all = await intentWire(deps, input.cluster_id, wanted, openstackPolicyId);
  const body = changedOnly(all, wanted, other);
  try {
    return await changeAtRevision(
      deps,
      input.cluster_id,
      () => ports.get(id, callOptions(signal)),
      (revision) => ports.update(id, body, revision, callOptions(signal)),
    );
  } catch (error) {
    if (isGone(error)) throw goneInCluster(`port ${port.id}`);
    throw error;
  }
}

type Body = Awaited<ReturnType<typeof intentWire>>;

function changedOnly(all: Body, wanted: PortIntent, other: PortIntent): Body {
  const same = (name: keyof PortIntent) => JSON.stringify(wanted[name]) === JSON.stringify(other[name]);
  const body: Body = { ...all };
  if (same('qosPolicyId')) delete body.qos_policy_id;
  if (same('allowedAddressPairs')) delete body.allowed_address_pairs;
  // Groups and port security depend on each other: Neutron looks at both.
  if (same('securityGroups') && same('portSecurityEnabled')) {
    delete body.security_groups;
    delete body.port_security_enabled;
  }
  return body;
}

async function portOf({ deps, input, taskId }: Step): Promise<Port> {
  const port = await deps.ports.find(deps.database.read, input.port_id);
  if (port?.taskId === taskId) return port;
  throw notOurs(`Port ${input.port_id}`);
}
