import type { FaultRecord } from '@ultron/kernel/fault';
import type { LifecycleStatus } from '@ultron/network/lifecycle/lifecycle.state';
import { statusOfParts } from '@ultron/network/lifecycle/lifecycle.state';
import {
  NETWORK_DOMAIN,
  NETWORK_TASK,
  type ClusterQosPolicyInput,
} from '@ultron/network/lifecycle/network-task';
import type { BandwidthLimit, QosPolicy } from '@ultron/network/qos-policy/qos-policy.entity';
import { ruleChanges, type ShownRule } from '@ultron/network/qos-policy/qos-policy.rules';
import type { BandwidthLimitRuleWire, QosPolicyWire } from '@ultron/openstack/network/qos-policies.wire';
import type { Transaction } from '@ultron/platform/database/transaction';
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
import { awaitPredecessor, changeAtRevision, isGone, notOurs, settle } from './neutron-step.js';
import type { PortNetworkDeps } from './port-network.deps.js';

interface MadePolicy {
  openstack_id: string;
  /** It was not there before this task. */
  made: boolean;
}

type Step<Outputs = object> = StepContext<PortNetworkDeps, ClusterQosPolicyInput, Outputs>;
type Undoing<Outputs, Output> = UndoContext<PortNetworkDeps, ClusterQosPolicyInput, Outputs, Output>;

/** Makes the policy of a cluster as ours is now, the policy itself if the cluster has none. */
export const qosPolicyRealise = saga<PortNetworkDeps, ClusterQosPolicyInput>(
  NETWORK_TASK.realiseQosPolicy,
  NETWORK_DOMAIN,
)
  .step('predecessor', { do: ({ deps, input }) => awaitPredecessor(deps, input.predecessor), undo: NOTHING })
  .step('policy', { do: ensurePolicy, undo: undoPolicy })
  .step('before', { do: readRules, undo: NOTHING })
  .step('rules', { do: tellRules, undo: untellRules })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return (tx) => endPart(deps, tx, input, { taskId, status: 'active' });
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: (tx) => endPart(deps, tx, input, { taskId, status: 'error', fault }),
    }),
  });

async function ensurePolicy(step: Step): Promise<StepResult<MadePolicy>> {
  const { deps, input, signal } = step;
  const policy = await policyOf(step);
  const { qosPolicies } = (await deps.clouds.get(input.cluster_id)).network;
  const part = await deps.qosPolicies.findPart(deps.database.read, policy.id, input.cluster_id);
  const known = part?.openstackId ?? null;
  if (known !== null && (await qosPolicies.find(known, callOptions(signal))))
    return done({ openstack_id: known, made: false });
  const [found] = await listMarked(step);
  if (!found && step.inDoubt) return settle(`QoS policy ${policy.id}`);
  const id = found?.id ?? (await qosPolicies.create(wireOf(policy), callOptions(signal))).id;
  return done({ openstack_id: id, made: true }, (tx) =>
    deps.qosPolicies.setPartOpenstackId(tx, policy.id, input.cluster_id, id),
  );
}

async function undoPolicy(step: Undoing<object, MadePolicy>): Promise<StepResult<void>> {
  const { deps, input, output, signal } = step;
  if (output?.made === false) return done(undefined);
  if (!output && step.inDoubt) return settle(`QoS policy ${input.qos_policy_id}`);
  const part = await deps.qosPolicies.findPart(deps.database.read, input.qos_policy_id, input.cluster_id);
  // Nothing was begun with one that was there before.
  if (!output && part?.openstackId != null) return done(undefined);
  const { qosPolicies } = (await deps.clouds.get(input.cluster_id)).network;
  for (const { id } of await listMarked(step)) await qosPolicies.delete(id, callOptions(signal));
  return done(undefined, (tx) =>
    deps.qosPolicies.setPartOpenstackId(tx, input.qos_policy_id, input.cluster_id, null),
  );
}

/** What the rules were: read and kept before the first of them is changed. */
async function readRules(
  step: Step<{ policy: MadePolicy }>,
): Promise<StepResult<{ limits: BandwidthLimit[] }>> {
  const rules = await shownRules(step, step.outputs.policy.openstack_id);
  const limits = rules.map(({ direction, max_kbps, max_burst_kbps }) => ({
    direction,
    max_kbps,
    max_burst_kbps,
  }));
  return done({ limits });
}

async function tellRules(step: Step<{ policy: MadePolicy }>): Promise<StepResult<{ version: number }>> {
  const { deps, input, outputs, signal } = step;
  const policy = await policyOf(step);
  const id = outputs.policy.openstack_id;
  await makeRules(step, id, policy.bandwidthLimits);
  const { qosPolicies } = (await deps.clouds.get(input.cluster_id)).network;
  if (await clusterHas(deps, input.cluster_id, 'port_tags'))
    await qosPolicies.tags.add(id, neutronTag(policy.id), callOptions(signal));
  const seen = await changeAtRevision(
    deps,
    input.cluster_id,
    () => qosPolicies.get(id, callOptions(signal)),
    (revision) => qosPolicies.update(id, { description: policy.name }, revision, callOptions(signal)),
  );
  // An answer that was lost may have left a second one; nothing is under it.
  for (const other of await listMarked(step))
    if (other.id !== id) await qosPolicies.delete(other.id, callOptions(signal));
  const told = { version: policy.version, revisionNumber: seen.revision_number ?? null };
  return done({ version: policy.version }, (tx) =>
    deps.qosPolicies.setPartTold(tx, policy.id, input.cluster_id, told),
  );
}

async function untellRules(
  step: Undoing<{ policy: MadePolicy; before: { limits: BandwidthLimit[] } }, { version: number }>,
): Promise<StepResult<void>> {
  const { outputs } = step;
  // What this task made goes as a whole.
  if (outputs.policy.made) return done(undefined);
  try {
    await makeRules(step, outputs.policy.openstack_id, outputs.before.limits);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  return done(undefined);
}

type Where = Pick<Step, 'deps' | 'input' | 'signal'>;

/** Makes the rules of the cluster's policy equal to the limits. */
async function makeRules(
  { deps, input, signal }: Where,
  id: string,
  limits: readonly BandwidthLimit[],
): Promise<void> {
  const { qosPolicies } = (await deps.clouds.get(input.cluster_id)).network;
  const call = callOptions(signal);
  const changes = ruleChanges(limits, await shownRules({ deps, input, signal }, id));
  for (const rule of changes.delete) await qosPolicies.deleteBandwidthLimit(id, rule, call);
  for (const { id: rule, limit } of changes.update) {
    const { max_kbps, max_burst_kbps } = limit;
    await qosPolicies.updateBandwidthLimit(id, rule, { max_kbps, max_burst_kbps }, call);
  }
  for (const limit of changes.create) await qosPolicies.createBandwidthLimit(id, limit, call);
}

async function shownRules(
  { deps, input, signal }: Where,
  id: string,
): Promise<(ShownRule & BandwidthLimit)[]> {
  const { qosPolicies } = (await deps.clouds.get(input.cluster_id)).network;
  return (await qosPolicies.listBandwidthLimits(id, callOptions(signal))).map(shown);
}

/** Where directions are not known, a limit is for what goes out. */
const shown = (rule: BandwidthLimitRuleWire): ShownRule & BandwidthLimit => ({
  id: rule.id,
  direction: rule.direction ?? 'egress',
  max_kbps: rule.max_kbps,
  max_burst_kbps: rule.max_burst_kbps,
});

const wireOf = (policy: QosPolicy) => ({ name: neutronMark(policy.id), description: policy.name });

/** All policies in the cluster that bear the mark, in a fixed order. */
export async function listMarked({ deps, input, signal }: Where): Promise<QosPolicyWire[]> {
  const { qosPolicies } = (await deps.clouds.get(input.cluster_id)).network;
  const found = await qosPolicies.list({ name: neutronMark(input.qos_policy_id) }, callOptions(signal)).all();
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function policyOf({ deps, input }: Step): Promise<QosPolicy> {
  const policy = await deps.qosPolicies.find(deps.database.read, input.qos_policy_id);
  if (policy && policy.status !== 'deleted') return policy;
  throw notOurs(`QoS policy ${input.qos_policy_id}`);
}

/** The state of a policy follows from those of its clusters' policies. */
export async function endPart(
  deps: Pick<PortNetworkDeps, 'qosPolicies'>,
  tx: Transaction,
  input: ClusterQosPolicyInput,
  end: { taskId: string; status: LifecycleStatus; fault?: FaultRecord },
): Promise<void> {
  const { qos_policy_id: id, cluster_id: clusterId } = input;
  // Locked first: the ends of several clusters come one after the other.
  const policy = await deps.qosPolicies.lock(tx, id);
  if (!policy || !(await deps.qosPolicies.endPart(tx, { id, clusterId, ...end }))) return;
  const parts = (await deps.qosPolicies.partsOf(tx, [id])).map(({ status }) => status);
  const gone = policy.status === 'deleting' && parts.length === 0;
  await deps.qosPolicies.setStatus(tx, id, gone ? 'deleted' : statusOfParts(parts));
}
