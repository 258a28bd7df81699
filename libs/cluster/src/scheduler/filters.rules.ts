import type { Capacity, Dimensions } from '../capacity/capacity.js';
import { takesNewServers } from '../cluster/cluster.state.js';
import { addressRefusal, serverRoomOf } from './address-room.rules.js';
import type { ClusterFacts, FilterName, PlacementRequest, Refusal } from './placement.js';

type Filter = (request: PlacementRequest, cluster: ClusterFacts) => string | undefined;

const named = (cluster: ClusterFacts, wanted: string) => wanted === cluster.id || wanted === cluster.name;

/** In the order in which they are asked; the first that refuses is the one explained. Capacity comes apart. */
const FILTERS: readonly (readonly [FilterName, Filter])[] = [
  ['state', (_, c) => (takesNewServers(c.state) ? undefined : `is ${c.state}, not enabled`)],
  ['probe', (_, c) => (c.probe === 'ok' ? undefined : `its probe is ${c.probe}`)],
  ['reachable', (_, c) => (c.reachable ? undefined : unreachable(c))],
  ['tried_before', (r, c) => (r.exclude?.includes(c.id) ? 'was tried before and had no room' : undefined)],
  ['placement', outsidePlacement],
  ['capability', lacksCapability],
  ['flavor', (r, c) => (r.flavor.clusters.has(c.id) ? undefined : `has no flavor ${r.flavor.name}`)],
  ['image', (r, c) => (!r.image || r.image.clusters.has(c.id) ? undefined : `has no image ${r.image.name}`)],
  ['network', (r, c) => lacks('network', r.networks, c)],
  ['security_group', (r, c) => lacks('security group', r.securityGroups, c)],
  ['pin', notPinned],
];

/** The first filter but capacity that refuses the cluster; undefined when none does. */
export function refusalOf(request: PlacementRequest, cluster: ClusterFacts): Refusal | undefined {
  for (const [filter, refuses] of FILTERS) {
    const detail = refuses(request, cluster);
    if (detail !== undefined) return { filter, detail };
  }
  return addressRefusal(request, cluster);
}

function unreachable(cluster: ClusterFacts): string {
  const since = cluster.unreachableSince ? ` since ${cluster.unreachableSince.toISOString()}` : '';
  return `does not answer${since}`;
}

function outsidePlacement({ placement }: PlacementRequest, cluster: ClusterFacts): string | undefined {
  const idc = placement?.idc;
  if (idc !== undefined && idc !== cluster.idcId && idc !== cluster.idcName) {
    return `is in IDC ${cluster.idcName}, not ${idc}`;
  }
  if (placement?.clusters && !placement.clusters.some((wanted) => named(cluster, wanted))) {
    return 'is not one of the clusters asked for';
  }
  return undefined;
}

/** Only the clusters that the servers are bound to come into question. */
function notPinned({ pins }: PlacementRequest, cluster: ClusterFacts): string | undefined {
  if (!pins?.size || [...pins.values()].some((pin) => pin.clusterId === cluster.id)) return undefined;
  const reasons = [...new Set([...pins.values()].map((pin) => pin.reason))];
  const shown = reasons.slice(0, 3).join(', ') + (reasons.length > 3 ? ', …' : '');
  return `is not the one that the servers are bound to (${shown})`;
}

function lacksCapability(request: PlacementRequest, cluster: ClusterFacts): string | undefined {
  const missing = request.capabilities?.filter((name) => !cluster.capabilities.has(name)) ?? [];
  return missing.length ? `lacks ${missing.join(', ')}` : undefined;
}

function lacks(
  noun: string,
  needed: PlacementRequest['networks'],
  cluster: ClusterFacts,
): string | undefined {
  const missing = needed?.filter((resource) => !resource.clusters.has(cluster.id)) ?? [];
  return missing.length ? `has no ${noun} ${missing.map((resource) => resource.name).join(', ')}` : undefined;
}

const DIMENSIONS = ['vcpus', 'ramMb', 'diskGb'] as const;
const UNITS = { vcpus: 'vcpus', ramMb: 'ram_mb', diskGb: 'disk_gb' } as const;

/** What is neither in use nor promised; negative where a cluster is overcommitted beyond its ratios. */
export function freeOf({ total, used, promised }: Capacity): Dimensions {
  return {
    vcpus: total.vcpus - used.vcpus - promised.vcpus,
    ramMb: total.ramMb - used.ramMb - promised.ramMb,
    diskGb: total.diskGb - used.diskGb - promised.diskGb,
  };
}

/** How many servers the cluster can take, by its hosts and by its addresses, those that it can be dealt included. */
export const roomOf = (request: PlacementRequest, cluster: ClusterFacts): number =>
  Math.min(computeRoomOf(request, cluster), serverRoomOf(request, cluster).later);

/** How many servers of the flavor the hosts of the cluster can take. */
export function computeRoomOf(request: PlacementRequest, cluster: ClusterFacts): number {
  const { capacity } = cluster;
  if (!capacity?.observedAt) return 0;
  const { flavor } = request;
  const free = freeOf(capacity);
  let room = fitsOnHosts(request, cluster, capacity) ?? Number.MAX_SAFE_INTEGER;
  for (const dimension of DIMENSIONS) {
    if (flavor[dimension] > 0) room = Math.min(room, Math.floor(free[dimension] / flavor[dimension]));
  }
  return Math.max(0, room);
}

/** How many fit on the hosts one by one, as observed and less what is promised since; null where that is not known. */
function fitsOnHosts(request: PlacementRequest, cluster: ClusterFacts, capacity: Capacity): number | null {
  const fits = request.flavor.clusters.get(cluster.id)?.fits ?? null;
  return fits === null ? null : Math.max(0, fits - displacedBy(capacity.promised, request.flavor));
}

/**
 * How many servers of the flavor the promised ones displace, counted in the dimension they use most of: the
 * hosts' own room (`fits`) was observed without them.
 */
function displacedBy(promised: Dimensions, flavor: Dimensions): number {
  let most = 0;
  for (const dimension of DIMENSIONS) {
    if (flavor[dimension] > 0) most = Math.max(most, promised[dimension] / flavor[dimension]);
  }
  return Math.ceil(most);
}

/** The refusal of a cluster whose room is 0, with the numbers that were compared. */
export function capacityRefusal(request: PlacementRequest, cluster: ClusterFacts): Refusal {
  const { capacity } = cluster;
  if (!capacity?.observedAt) return { filter: 'capacity', detail: 'its capacity is not known yet' };
  const free = freeOf(capacity);
  const numbers: Record<string, number> = {};
  for (const dimension of DIMENSIONS) {
    numbers[`${UNITS[dimension]}_free`] = free[dimension];
    numbers[`${UNITS[dimension]}_needed`] = request.flavor[dimension];
  }
  const fits = fitsOnHosts(request, cluster, capacity);
  if (fits !== null) numbers['fits_on_hosts'] = fits;
  const short = DIMENSIONS.filter((dimension) => free[dimension] < request.flavor[dimension]);
  const detail = short.length
    ? `has too little ${short.map((dimension) => UNITS[dimension]).join(' and ')} left`
    : 'no single host has enough left';
  return { filter: 'capacity', detail, numbers };
}
