import type { ClusterPlace } from '@ultron/network/realisation/realisation.repository';
import { done, type Persist, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { callOptions } from '../openstack/call-options.js';
import { clusterHas } from '../openstack/cluster-features.js';
import { planTag, vpcNetworkName } from './plan-marks.rules.js';
import { placeOf, settle } from './plan-step.js';
import type { PlanDeps } from './plan.deps.js';

export interface MadeNetwork {
  openstack_id: string;
  /** It was not there before this task. */
  made: boolean;
}

type Step = Pick<
  StepContext<PlanDeps, { vpc_id: string; cluster_id: string }, object>,
  'deps' | 'input' | 'inDoubt' | 'signal'
>;

/** The Neutron network of the VPC in the cluster; made when it is not there, also when somebody has deleted it. */
export async function ensureNetwork(step: Step): Promise<StepResult<MadeNetwork>> {
  const { deps, input, signal } = step;
  const place = placeOf(input);
  const { networks } = (await deps.clouds.get(place.clusterId)).network;
  const known = await deps.realisation.network(deps.database.read, place);
  if (known !== null && (await networks.find(known, callOptions(signal))))
    return done({ openstack_id: known, made: false });
  const [found] = await listNetworks(deps, place, signal);
  if (!found && step.inDoubt) return settle(`the network of VPC ${place.vpcId}`);
  const id = found ?? (await createNetwork(deps, place, signal));
  if (await clusterHas(deps, place.clusterId, 'port_tags'))
    await networks.tags.add(id, planTag(place.vpcId), callOptions(signal));
  return done({ openstack_id: id, made: true }, (tx) => deps.realisation.setNetwork(tx, place, id));
}

async function createNetwork(deps: PlanDeps, place: ClusterPlace, signal: AbortSignal): Promise<string> {
  const { networks } = (await deps.clouds.get(place.clusterId)).network;
  const wanted = { name: vpcNetworkName(place.vpcId), description: `VPC ${place.vpcId} of Ultron` };
  return (await networks.create(wanted, callOptions(signal))).id;
}

async function listNetworks(deps: PlanDeps, place: ClusterPlace, signal: AbortSignal): Promise<string[]> {
  const { networks } = (await deps.clouds.get(place.clusterId)).network;
  const found = await networks.list({ name: vpcNetworkName(place.vpcId) }, callOptions(signal)).all();
  return found.map(({ id }) => id).toSorted();
}

/**
 * Deletes what the cluster has of the VPC's network. One that is in use stays: something in it is not ours to delete.
 * Returns what is to be recorded, or null when it stays.
 */
export async function removeNetwork(
  deps: PlanDeps,
  place: ClusterPlace,
  signal: AbortSignal,
): Promise<Persist | null> {
  const { networks } = (await deps.clouds.get(place.clusterId)).network;
  const known = await deps.realisation.network(deps.database.read, place);
  const found = await listNetworks(deps, place, signal);
  for (const id of new Set([...(known === null ? [] : [known]), ...found])) {
    try {
      await networks.delete(id, callOptions(signal));
    } catch (error) {
      if (error instanceof OpenStackError && error.kind === 'conflict') return null;
      throw error;
    }
  }
  return (tx) => deps.realisation.setNetwork(tx, place, null);
}
