import { addressesIn, takeable } from './address-room.rules.js';
import type { NeededAddresses, PlacementPolicy, PlacementRequest } from './placement.js';
import { split } from './split.rules.js';

/** A cluster that passed every filter. */
export interface AddressCandidate {
  id: string;
  /** Servers that it can take with the addresses that it has. */
  now: number;
  /** With those that it can be dealt, as if no other cluster drew on the same stock. */
  later: number;
  weight: number;
}

/**
 * Deals a batch out under both limits: first by weight to what the clusters have, and only what is left over to
 * addresses that are yet to be dealt, to as few clusters as possible, because each of them must build a segment first.
 */
export function splitWithAddresses(
  request: PlacementRequest,
  count: number,
  candidates: readonly AddressCandidate[],
  policy: PlacementPolicy,
): Map<string, number> {
  const present = candidates.filter(({ now }) => now > 0).map((one) => ({ ...one, room: one.now }));
  const given = split(count, present, policy);
  const left = count - [...given.values()].reduce((sum, part) => sum + part, 0);
  for (const [id, extra] of dealtExtra(request, left, candidates))
    given.set(id, (given.get(id) ?? 0) + extra);
  return given;
}

/** How many servers fit in all; what clusters draw from the same stock counts once. */
export function roomInAll(request: PlacementRequest, candidates: readonly AddressCandidate[]): number {
  const present = candidates.reduce((sum, { now }) => sum + now, 0);
  const extra = dealtExtra(request, Number.MAX_SAFE_INTEGER, candidates);
  return present + [...extra.values()].reduce((sum, part) => sum + part, 0);
}

/** What each cluster takes beyond what it has, the likeliest first, until the stocks are used up. */
function dealtExtra(
  request: PlacementRequest,
  count: number,
  candidates: readonly AddressCandidate[],
): Map<string, number> {
  const stocks = (request.addresses ?? []).map((needed) => new Stock(request, needed));
  const extra = new Map<string, number>();
  let left = count;
  for (const { id, now, later } of candidates.toSorted(byWeight)) {
    if (left <= 0) break;
    const part = Math.min(left, later - now, ...stocks.map((stock) => stock.servesBeyond(id, now)));
    if (part <= 0) continue;
    for (const stock of stocks) stock.draw(id, now + part);
    extra.set(id, part);
    left -= part;
  }
  return extra;
}

const byWeight = (a: AddressCandidate, b: AddressCandidate) =>
  b.weight - a.weight || (a.id < b.id ? -1 : Number(a.id > b.id));

/** What is left to be dealt of one kind of addresses. */
class Stock {
  private readonly drawn = new Map<string, number>();

  constructor(
    private readonly request: PlacementRequest,
    private readonly needed: NeededAddresses,
  ) {}

  /** How many servers beyond so many find addresses in the cluster, with what is left of its stock. */
  servesBeyond(clusterId: string, servers: number): number {
    const room = addressesIn(this.needed, clusterId);
    const left = room.replenishable - (this.drawn.get(room.stock) ?? 0);
    return Math.floor((takeable(this.request, room) + left) / this.needed.perServer) - servers;
  }

  draw(clusterId: string, servers: number): void {
    const room = addressesIn(this.needed, clusterId);
    const beyond = Math.max(0, servers * this.needed.perServer - takeable(this.request, room));
    this.drawn.set(room.stock, (this.drawn.get(room.stock) ?? 0) + beyond);
  }
}
