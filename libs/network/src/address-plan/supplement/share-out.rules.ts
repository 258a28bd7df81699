import { byAddress, halvesOf, type Block } from '../block/block.js';
import { usableOf, type InfraPolicy } from '../segment/infra.rules.js';
import { maxMin } from './max-min.rules.js';

/** A free piece of a subnet: a unit, or two that are buddies. */
export interface Piece {
  block: Block;
  subnet: Block;
  /** The spare segment it is, or is a part of; null in a subnet that is being made. */
  segmentId: string | null;
}

/** Addresses that a cluster is to get. */
export interface Want {
  clusterId: string;
  addresses: number;
}

export interface PieceDeal extends Piece {
  clusterId: string;
}

export interface Shares {
  deals: PieceDeal[];
  left: Piece[];
}

/** What the pieces are measured with. */
export interface Measure {
  infra: InfraPolicy;
  /** The prefix length of a unit. */
  unit: number;
}

/**
 * Deals pieces out so that every want is covered with as few segments as possible. When they do not suffice, the first
 * want gets one unit and the rest is divided max-min, the others before it where it does not come out even.
 */
export function shareOut(pieces: readonly Piece[], wants: readonly Want[], measure: Measure): Shares {
  const inUnits = wants.map(({ addresses }) => unitsFor(addresses, pieces, measure));
  const units = pieces.reduce((sum, { block }) => sum + unitsOf(block, measure), 0);
  const enough = inUnits.reduce((sum, one) => sum + one, 0) <= units;
  const caps = enough ? inUnits.map(() => units) : fairCaps(units, inUnits);
  const shares: Shares = { deals: [], left: pieces.toSorted(pieceOrder) };
  // The first want comes last, so that what is cut for the others leaves it the whole pieces of the end.
  const order = wants.map((want, i) => ({ want, cap: caps[i] ?? 0 }));
  const turns = [...order.slice(1), ...order.slice(0, 1)];
  const rests = turns.map(({ want, cap }) => cover(shares, want, cap, measure));
  // A unit that somebody could not use is nobody's share: no want stays open while a piece is left.
  rests.toReversed().forEach((rest) => cover(shares, rest, units, measure));
  return shares;
}

function fairCaps(units: number, wants: readonly number[]): number[] {
  const [first = 0, ...others] = wants;
  const one = Math.min(first, units, 1);
  const shares = maxMin(units - one, [...others, first - one]);
  return [one + (shares.at(-1) ?? 0), ...shares.slice(0, -1)];
}

/** Gives the want pieces until it is covered or has as many units as it may; returns what is still wanted. */
function cover(shares: Shares, want: Want, cap: number, measure: Measure): Want {
  let missing = want.addresses;
  let units = cap;
  while (missing > 0 && units > 0) {
    const piece = takePiece(shares, missing, units, measure);
    if (!piece) break;
    shares.deals.push({ ...piece, clusterId: want.clusterId });
    missing -= usableIn(piece, measure);
    units -= unitsOf(piece.block, measure);
  }
  return { clusterId: want.clusterId, addresses: missing };
}

function takePiece({ left }: Shares, missing: number, units: number, measure: Measure): Piece | undefined {
  const whole = left.findIndex(({ block }) => unitsOf(block, measure) === 2);
  const unit = left.findIndex(({ block }) => unitsOf(block, measure) === 1);
  const takeAt = (at: number) => left.splice(at, 1)[0];
  if (whole >= 0 && units >= 2) {
    const piece = left[whole];
    // One segment instead of two wherever one unit does not suffice.
    if (piece && missing > usableIn(halfOf(piece, 0), measure)) return takeAt(whole);
  }
  if (unit >= 0) return takeAt(unit);
  const piece = whole < 0 ? undefined : left[whole];
  if (!piece) return undefined;
  left.splice(whole, 1, halfOf(piece, 1));
  return halfOf(piece, 0);
}

/** The fewest units that can hold so many addresses; more than there are when they cannot. */
function unitsFor(addresses: number, pieces: readonly Piece[], measure: Measure): number {
  if (addresses <= 0) return 0;
  const whole = pieces.find(({ block }) => unitsOf(block, measure) === 2);
  const unit = whole ? halfOf(whole, 0) : pieces[0];
  if (!unit) return 1;
  const perUnit = usableIn(unit, measure);
  const perWhole = whole ? usableIn(whole, measure) : 2 * perUnit;
  const wholes = Math.floor(addresses / perWhole);
  const rest = addresses - wholes * perWhole;
  if (rest === 0) return 2 * wholes;
  return 2 * wholes + (rest > perUnit ? 2 : 1);
}

export function usableIn({ subnet, block }: Piece, { infra }: Measure): number {
  return usableOf(infra, subnet, block);
}

export function unitsOf(block: Block, { unit }: Pick<Measure, 'unit'>): number {
  return 2 ** (unit - block.prefix);
}

function halfOf(piece: Piece, which: 0 | 1): Piece {
  return { ...piece, block: halvesOf(piece.block)[which] };
}

function pieceOrder(a: Piece, b: Piece): number {
  return byAddress(a.block, b.block);
}
