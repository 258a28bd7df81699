import type { FaultRecord } from '@ultron/kernel/fault';
import { Fault } from '@ultron/kernel/fault';
import { statusOfParts, type LifecycleStatus } from '@ultron/network/lifecycle/lifecycle.state';
import {
  NETWORK_DOMAIN,
  NETWORK_TASK,
  type ClusterRouterInput,
} from '@ultron/network/lifecycle/network-task';
import type { SeenRouter } from '@ultron/network/router/cluster-router.repository';
import type { Router } from '@ultron/network/router/router.entity';
import type {
  ExternalGatewayRequestWire,
  RouterUpdateWire,
  RouterWire,
} from '@ultron/openstack/network/routers.wire';
import type { Transaction } from '@ultron/platform/database/transaction';
import {
  done,
  NOTHING,
  saga,
  type Persist,
  type StepContext,
  type StepResult,
  type UndoContext,
} from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { clusterHas } from '../openstack/cluster-features.js';
import { neutronMark, neutronTag } from './neutron-marks.rules.js';
import {
  awaitPredecessor,
  changeAtRevision,
  goneInCluster,
  isGone,
  notOurs,
  settle,
} from './neutron-step.js';
import type { PlanDeps } from './plan.deps.js';
import type { PortNetworkDeps } from './port-network.deps.js';
import { takeOutInfra } from './segment-infra.js';
import { addLeg, recordLegs, removeLeg, seenLegs, wantedLegs, type RouterPlace } from './router-legs.js';

interface MadeRouter {
  openstack_id: string;
  /** It was not there before this task. */
  made: boolean;
  /** How it was before this task changed it. */
  before: Pick<RouterUpdateWire, 'admin_state_up' | 'external_gateway_info'>;
}
interface Legs {
  /** Neutron subnets that this task attached. */
  added: string[];
}

type Deps = PortNetworkDeps & PlanDeps;
type Step<Outputs = object> = StepContext<Deps, ClusterRouterInput, Outputs>;
type Undoing<Outputs, Output> = UndoContext<Deps, ClusterRouterInput, Outputs, Output>;

/**
 * Makes the router of a cluster as the router of the VPC is to be now: the Neutron router itself, its gateway, and a leg
 * in every segment of the cluster whose subnet is attached.
 */
export const routerRealise = saga<Deps, ClusterRouterInput>(NETWORK_TASK.realiseRouter, NETWORK_DOMAIN)
  .step('predecessor', { do: ({ deps, input }) => awaitPredecessor(deps, input.predecessor), undo: NOTHING })
  .step('router', { do: ensureRouter, undo: undoRouter })
  .step('settings', { do: tellSettings, undo: untellSettings })
  .step('legs', { do: makeLegs, undo: undoLegs })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return (tx) => endPart(deps, tx, input, { taskId, status: 'active' });
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: (tx) => endPart(deps, tx, input, { taskId, status: 'error', fault }),
    }),
  });

async function ensureRouter(step: Step): Promise<StepResult<MadeRouter>> {
  const { deps, input, signal } = step;
  const router = await routerOf(step);
  const { routers } = (await deps.clouds.get(input.cluster_id)).network;
  const part = await deps.clusterRouters.find(deps.database.read, router.id, input.cluster_id);
  const known = part?.openstackId ?? null;
  const seen = known === null ? null : await routers.find(known, callOptions(signal));
  if (seen) return done({ openstack_id: seen.id, made: false, before: settingsOf(seen) });
  const [found] = await listMarked(step);
  if (!found && step.inDoubt) return settle(`router ${router.id}`);
  const body = {
    name: neutronMark(router.id),
    description: router.name,
    admin_state_up: router.adminStateUp,
  };
  const made = found ?? (await routers.create(body, callOptions(signal)));
  return done({ openstack_id: made.id, made: true, before: settingsOf(made) }, (tx) =>
    deps.clusterRouters.setSeen(tx, router.id, input.cluster_id, seenRouter(made)),
  );
}

async function undoRouter(step: Undoing<object, MadeRouter>): Promise<StepResult<void>> {
  const { deps, input, output, signal } = step;
  if (output?.made === false) return done(undefined);
  if (!output && step.inDoubt) return settle(`router ${input.router_id}`);
  const part = await deps.clusterRouters.find(deps.database.read, input.router_id, input.cluster_id);
  // Nothing was begun with one that was there before.
  if (!output && part?.openstackId != null) return done(undefined);
  const { routers } = (await deps.clouds.get(input.cluster_id)).network;
  for (const { id } of await listMarked(step)) await routers.delete(id, callOptions(signal));
  return done(undefined, (tx) => deps.clusterRouters.setUnseen(tx, input.router_id, input.cluster_id));
}

/** All of it each time: an update before this one may have failed halfway. */
async function tellSettings(step: Step<{ router: MadeRouter }>): Promise<StepResult<null>> {
  const { deps, input, outputs, signal } = step;
  const router = await routerOf(step);
  const { openstack_id: id } = outputs.router;
  const external_gateway_info = await gatewayOf(deps, router, input.cluster_id);
  const wanted = { admin_state_up: router.adminStateUp, external_gateway_info, description: router.name };
  const told = await put(step, id, wanted);
  const { routers } = (await deps.clouds.get(input.cluster_id)).network;
  if (await clusterHas(deps, input.cluster_id, 'port_tags'))
    await routers.tags.add(id, neutronTag(router.id), callOptions(signal));
  // An answer that was lost may have left a second one; nothing is attached to it.
  for (const other of await listMarked(step))
    if (other.id !== id) await routers.delete(other.id, callOptions(signal));
  return done(null, (tx) => deps.clusterRouters.setSeen(tx, router.id, input.cluster_id, seenRouter(told)));
}

async function untellSettings(step: Undoing<{ router: MadeRouter }, null>): Promise<StepResult<void>> {
  const { deps, input, outputs } = step;
  const { openstack_id: id, made, before } = outputs.router;
  // What this task made goes as a whole.
  if (made) return done(undefined);
  try {
    const told = await put(step, id, before);
    return done(undefined, (tx) =>
      deps.clusterRouters.setSeen(tx, input.router_id, input.cluster_id, seenRouter(told)),
    );
  } catch (error) {
    if (error instanceof Fault && error.code === 'gone_in_cluster') return done(undefined);
    throw error;
  }
}

async function makeLegs(step: Step<{ router: MadeRouter }>): Promise<StepResult<Legs>> {
  const { deps, signal } = step;
  const place = placeOf(step);
  const wanted = await wantedLegs(deps, place);
  const seen = new Set((await seenLegs(deps, place, signal)).map(({ subnetId }) => subnetId));
  const recorded = await recordedLegs(step);
  for (const subnetId of recorded)
    if (!wanted.has(subnetId) && seen.has(subnetId)) await removeLeg(deps, place, subnetId, signal);
  for (const subnetId of wanted.keys()) if (!seen.has(subnetId)) await addLeg(deps, place, subnetId, signal);
  const added = [...wanted.keys()].filter((subnetId) => !recorded.has(subnetId));
  const record = await recordLegs(deps, place, signal);
  const takeOut = await takeOutRouterPorts(step, wanted);
  return done({ added }, async (tx) => {
    await record(tx);
    await takeOut(tx);
  });
}

/** A distributed router has more ports in a segment than its gateway: the plan hands their addresses to nobody. */
async function takeOutRouterPorts(
  { deps, signal }: Pick<Step, 'deps' | 'signal'>,
  legs: ReadonlyMap<string, string>,
): Promise<Persist> {
  const all: Persist[] = [];
  for (const [subnetId, segmentId] of legs) {
    const spec = await deps.realisation.spec(deps.database.read, segmentId);
    if (spec) all.push(await takeOutInfra(deps, spec, subnetId, signal));
  }
  return async (tx) => {
    for (const persist of all) await persist(tx);
  };
}

/** Legs that were not recorded before are this task's; what it took away was to go in any case. */
async function undoLegs(step: Undoing<{ router: MadeRouter }, Legs>): Promise<StepResult<void>> {
  const { deps, output, signal } = step;
  const place = placeOf(step);
  const recorded = await recordedLegs(step);
  const wanted = [...(await wantedLegs(deps, place)).keys()];
  const ours = output?.added ?? wanted.filter((subnetId) => !recorded.has(subnetId));
  const seen = new Set((await seenLegs(deps, place, signal)).map(({ subnetId }) => subnetId));
  for (const subnetId of ours) if (seen.has(subnetId)) await removeLeg(deps, place, subnetId, signal);
  return done(undefined, await recordLegs(deps, place, signal));
}

async function recordedLegs({ deps, input }: Pick<Step, 'deps' | 'input'>): Promise<Set<string>> {
  const rows = await deps.clusterRouters.interfacesOf(
    deps.database.read,
    [input.router_id],
    input.cluster_id,
  );
  return new Set(rows.map(({ openstackSubnetId }) => openstackSubnetId));
}

async function put(
  { deps, input, signal }: Pick<Step, 'deps' | 'input' | 'signal'>,
  id: string,
  wanted: RouterUpdateWire,
): Promise<RouterWire> {
  const { routers } = (await deps.clouds.get(input.cluster_id)).network;
  try {
    return await changeAtRevision(
      deps,
      input.cluster_id,
      () => routers.get(id, callOptions(signal)),
      (revision, seen) => {
        const body = hasGateway(seen, wanted.external_gateway_info) ? withoutGateway(wanted) : wanted;
        return routers.update(id, body, revision, callOptions(signal));
      },
    );
  } catch (error) {
    if (isGone(error)) throw goneInCluster(`router ${input.router_id}, or its external network,`);
    throw error;
  }
}

/** The gateway is as wished: setting it again could change its addresses. */
function hasGateway(seen: RouterWire, wanted: ExternalGatewayRequestWire | null | undefined): boolean {
  const now = seen.external_gateway_info;
  if (!wanted || !now) return !wanted && !now;
  const snat = wanted.enable_snat === undefined || wanted.enable_snat === now.enable_snat;
  return snat && wanted.network_id === now.network_id;
}

function withoutGateway({ external_gateway_info: _, ...rest }: RouterUpdateWire): RouterUpdateWire {
  return rest;
}

async function gatewayOf(
  deps: PortNetworkDeps,
  router: Router,
  clusterId: string,
): Promise<ExternalGatewayRequestWire | null> {
  if (router.externalNetworkId === null) return null;
  const network = await deps.networks.findInCluster(deps.database.read, router.externalNetworkId, clusterId);
  if (!network) throw lacksNetwork(router.externalNetworkId);
  const { enableSnat } = router;
  return { network_id: network.openstackId, ...(enableSnat === null ? {} : { enable_snat: enableSnat }) };
}

function settingsOf({ admin_state_up, external_gateway_info: gateway }: RouterWire): MadeRouter['before'] {
  return { admin_state_up, external_gateway_info: gateway ? { network_id: gateway.network_id } : null };
}

const seenRouter = (router: RouterWire): SeenRouter => ({
  openstackId: router.id,
  externalOpenstackId: router.external_gateway_info?.network_id ?? null,
  externalAddresses: (router.external_gateway_info?.external_fixed_ips ?? []).map(
    ({ ip_address }) => ip_address,
  ),
  revisionNumber: router.revision_number ?? null,
});

function placeOf({
  input,
  outputs,
}: {
  input: ClusterRouterInput;
  outputs: { router: MadeRouter };
}): RouterPlace {
  const { router_id: routerId, cluster_id: clusterId } = input;
  return { routerId, clusterId, openstackId: outputs.router.openstack_id };
}

/** All routers in the cluster that bear the mark, in a fixed order. */
export async function listMarked({
  deps,
  input,
  signal,
}: {
  deps: Pick<PortNetworkDeps, 'clouds'>;
  input: ClusterRouterInput;
  signal: AbortSignal;
}): Promise<RouterWire[]> {
  const { routers } = (await deps.clouds.get(input.cluster_id)).network;
  const found = await routers.list({ name: neutronMark(input.router_id) }, callOptions(signal)).all();
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function routerOf({ deps, input }: Step): Promise<Router> {
  const router = await deps.routers.find(deps.database.read, input.router_id);
  if (router && router.status !== 'deleted' && router.status !== 'deleting') return router;
  throw notOurs(`Router ${input.router_id}`);
}

/** The state of a router follows from those of its clusters' routers. */
export async function endPart(
  deps: Pick<PortNetworkDeps, 'routers' | 'clusterRouters'>,
  tx: Transaction,
  input: ClusterRouterInput,
  end: { taskId: string; status: LifecycleStatus; fault?: FaultRecord },
): Promise<void> {
  const { router_id: routerId, cluster_id: clusterId } = input;
  // Locked first: the ends of several clusters come one after the other.
  const router = await deps.routers.lock(tx, routerId);
  if (!router || !(await deps.clusterRouters.end(tx, { routerId, clusterId, ...end }))) return;
  const parts = (await deps.clusterRouters.ofRouters(tx, [routerId])).map(({ status }) => status);
  const gone = router.status === 'deleting' && parts.length === 0;
  await deps.routers.setStatus(tx, routerId, gone ? 'deleted' : statusOfParts(parts));
}

function lacksNetwork(networkId: string): Fault {
  return new Fault({
    code: 'cluster_lacks_resource',
    category: 'conflict',
    detail: `The cluster does not have the external network ${networkId}.`,
    retryable: false,
    whoCanFix: 'operator',
  });
}
