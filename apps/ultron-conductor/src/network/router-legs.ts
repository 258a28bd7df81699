import type { ClusterRouterInterface } from '@ultron/network/router/cluster-router.entity';
import { ROUTER_INTERFACE_OWNERS } from '@ultron/openstack/network/device-owners';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { Persist } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import type { PortNetworkDeps } from './port-network.deps.js';

type Deps = Pick<PortNetworkDeps, 'database' | 'clouds' | 'clusterRouters' | 'portPlaces' | 'routers'>;

/** A Neutron subnet in which the router of a cluster has a port. */
export interface SeenLeg {
  subnetId: string;
  portId: string;
}

/** The router of one cluster. */
export interface RouterPlace {
  routerId: string;
  clusterId: string;
  /** Of the Neutron router. */
  openstackId: string;
}

/** Of a complete list. */
export async function seenLegs(deps: Deps, place: RouterPlace, signal: AbortSignal): Promise<SeenLeg[]> {
  const { ports } = (await deps.clouds.get(place.clusterId)).network;
  const found = await ports.list({ deviceId: [place.openstackId] }, callOptions(signal)).all();
  return found
    .filter(({ device_owner: owner }) => ROUTER_INTERFACE_OWNERS.includes(owner))
    .flatMap(({ id, fixed_ips: ips }) => ips.map(({ subnet_id }) => ({ subnetId: subnet_id, portId: id })));
}

/** The Neutron subnets, of segments that are built, in which the router is to have a port: by their ids, the segments. */
export async function wantedLegs(
  deps: Deps,
  { routerId, clusterId }: Pick<RouterPlace, 'routerId' | 'clusterId'>,
): Promise<Map<string, string>> {
  const { read } = deps.database;
  const attached = await deps.routers.interfacesOf(read, [routerId]);
  const segments = await deps.portPlaces.segmentsOf(
    read,
    attached.map(({ subnetId }) => subnetId),
    clusterId,
  );
  return new Map(
    segments.flatMap(({ id, openstackSubnetId }) => (openstackSubnetId ? [[openstackSubnetId, id]] : [])),
  );
}

/** Attaches a subnet that is not attached yet. */
export async function addLeg(
  deps: Deps,
  place: RouterPlace,
  subnetId: string,
  signal: AbortSignal,
): Promise<void> {
  const { routers } = (await deps.clouds.get(place.clusterId)).network;
  try {
    await routers.addInterface(place.openstackId, { subnet_id: subnetId }, callOptions(signal));
  } catch (error) {
    // An earlier request whose answer was lost may have been faster.
    const late = error instanceof OpenStackError && error.kind === 'invalid';
    if (!late || !(await seenLegs(deps, place, signal)).some((leg) => leg.subnetId === subnetId)) throw error;
  }
}

/** Detaches a subnet; one that is not attached is no fault. */
export async function removeLeg(
  deps: Deps,
  place: RouterPlace,
  subnetId: string,
  signal: AbortSignal,
): Promise<void> {
  const { routers } = (await deps.clouds.get(place.clusterId)).network;
  try {
    await routers.removeInterface(place.openstackId, { subnet_id: subnetId }, callOptions(signal));
  } catch (error) {
    const left = await seenLegs(deps, place, signal);
    if (left.some((leg) => leg.subnetId === subnetId)) throw error;
    if (!(error instanceof OpenStackError) || error.retryable) throw error;
  }
}

/** Makes the recorded legs equal to those that the cluster shows; legs that others made are not recorded. */
export async function recordLegs(deps: Deps, place: RouterPlace, signal: AbortSignal): Promise<Persist> {
  const { routerId, clusterId } = place;
  const recorded = await deps.clusterRouters.interfacesOf(deps.database.read, [routerId], clusterId);
  const segments = new Map(recorded.map((leg) => [leg.openstackSubnetId, leg.segmentId]));
  for (const [subnetId, segmentId] of await wantedLegs(deps, place)) segments.set(subnetId, segmentId);
  const seen = await seenLegs(deps, place, signal);
  const legs = seen.flatMap(({ subnetId, portId }): ClusterRouterInterface[] => {
    const segmentId = segments.get(subnetId);
    if (segmentId === undefined) return [];
    return [{ clusterId, openstackSubnetId: subnetId, routerId, segmentId, openstackPortId: portId }];
  });
  const gone = recorded.filter(
    ({ openstackSubnetId: id }) => !legs.some((leg) => leg.openstackSubnetId === id),
  );
  return async (tx) => {
    for (const leg of gone) await deps.clusterRouters.removeInterface(tx, clusterId, leg.openstackSubnetId);
    for (const leg of legs) await deps.clusterRouters.addInterface(tx, leg);
  };
}

/** Detaches a segment from the router of its cluster, before its subnet is taken down. */
export async function detachSegment(
  deps: Deps,
  segmentId: string,
  signal: AbortSignal,
): Promise<Persist | null> {
  const { read } = deps.database;
  const leg = await deps.clusterRouters.findInterface(read, segmentId);
  const part = leg && (await deps.clusterRouters.find(read, leg.routerId, leg.clusterId));
  if (!leg || part?.openstackId == null) return null;
  const { routerId, clusterId, openstackSubnetId } = leg;
  await removeLeg(deps, { routerId, clusterId, openstackId: part.openstackId }, openstackSubnetId, signal);
  return (tx) => deps.clusterRouters.removeInterface(tx, clusterId, openstackSubnetId);
}
