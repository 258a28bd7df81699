import type { AddressRoom, ClusterFacts, NeededAddresses, PlacementRequest, Refusal } from './placement.js';

/** What a cluster has for one server after another, in servers. */
export interface ServerRoom {
  /** With the addresses that it has. */
  now: number;
  /** With those that it can still be dealt; clusters that draw on the same stock cannot all have them. */
  later: number;
}

const UNLIMITED: ServerRoom = { now: Number.MAX_SAFE_INTEGER, later: Number.MAX_SAFE_INTEGER };
const NONE: AddressRoom = { free: 0, coming: 0, replenishable: 0, stock: '', lowWater: 0 };

export const addressesIn = (needed: NeededAddresses, clusterId: string): AddressRoom =>
  needed.clusters.get(clusterId) ?? NONE;

/** What may be taken of the addresses that the cluster has: what may be ended for others leaves the low water alone. */
export function takeable({ preemptible }: PlacementRequest, room: AddressRoom): number {
  return preemptible ? Math.max(0, room.free - room.lowWater) : room.free + room.coming;
}

/** Nothing is dealt out anew for what may be ended for others. */
const dealable = ({ preemptible }: PlacementRequest, room: AddressRoom) =>
  preemptible ? 0 : room.replenishable;

/** How many servers find their addresses in the cluster. */
export function serverRoomOf(request: PlacementRequest, cluster: Pick<ClusterFacts, 'id'>): ServerRoom {
  return (request.addresses ?? []).reduce<ServerRoom>((least, needed) => {
    const room = addressesIn(needed, cluster.id);
    const own = takeable(request, room);
    return {
      now: Math.min(least.now, Math.floor(own / needed.perServer)),
      later: Math.min(least.later, Math.floor((own + dealable(request, room)) / needed.perServer)),
    };
  }, UNLIMITED);
}

/** The refusal of a cluster that has no address for a single server and can be given none, with the numbers. */
export function addressRefusal(request: PlacementRequest, cluster: ClusterFacts): Refusal | undefined {
  if (serverRoomOf(request, cluster).later > 0) return undefined;
  const short = (request.addresses ?? []).filter((needed) => {
    const room = addressesIn(needed, cluster.id);
    return takeable(request, room) + dealable(request, room) < needed.perServer;
  });
  const [first] = short;
  if (!first) return undefined;
  const names = short.map(({ name }) => name).join(' and ');
  const detail = request.preemptible
    ? `has no address of ${names} left above its low-water mark, which preemptible servers leave alone`
    : `has no free address of ${names}, and can be dealt none`;
  const { free, coming, replenishable, lowWater } = addressesIn(first, cluster.id);
  return {
    filter: 'addresses',
    detail,
    numbers: {
      addresses_free: free,
      addresses_coming: coming,
      addresses_replenishable: replenishable,
      addresses_needed: first.perServer,
      ...(request.preemptible ? { addresses_low_water: lowWater } : {}),
    },
  };
}

/** The share (0 to 1) of the free addresses of the given clusters that lies in this one; the least one counts. */
export function addressShare(
  request: PlacementRequest,
  clusterId: string,
  among: readonly string[],
): number | undefined {
  if (!request.addresses?.length) return undefined;
  const shares = request.addresses.map((needed) => {
    const own = takeable(request, addressesIn(needed, clusterId));
    const all = among.reduce((sum, id) => sum + takeable(request, addressesIn(needed, id)), 0);
    return all > 0 ? own / all : 1 / Math.max(1, among.length);
  });
  return Math.round(Math.min(...shares) * 1e6) / 1e6;
}

/** Addresses of some scopes that a request just took in a cluster. */
export interface SpentAddresses {
  scopes: readonly string[];
  clusterId: string;
  count: number;
}

/** What is left for a request after others of the same batch took theirs. */
export function lessAddresses(request: PlacementRequest, spent: readonly SpentAddresses[]): PlacementRequest {
  if (!request.addresses?.length || spent.length === 0) return request;
  return { ...request, addresses: request.addresses.map((needed) => lessBy(needed, spent)) };
}

function lessBy(needed: NeededAddresses, spent: readonly SpentAddresses[]): NeededAddresses {
  const clusters = new Map(needed.clusters);
  for (const { scopes, clusterId, count } of spent) {
    const room = clusters.get(clusterId);
    if (!room || !scopes.some((scope) => needed.scopes.includes(scope))) continue;
    const free = Math.min(room.free, count);
    const coming = Math.min(room.coming, count - free);
    clusters.set(clusterId, { ...room, free: room.free - free, coming: room.coming - coming });
    drawOn(clusters, room.stock, count - free - coming);
  }
  return { ...needed, clusters };
}

/** What is dealt to one cluster is lost for all that draw on the same stock. */
function drawOn(clusters: Map<string, AddressRoom>, stock: string, count: number): void {
  if (count === 0) return;
  for (const [id, room] of clusters) {
    if (room.stock !== stock) continue;
    clusters.set(id, { ...room, replenishable: Math.max(0, room.replenishable - count) });
  }
}
