import { childAt, type Block } from '../block/block.js';
import { mergeBuddies } from '../block/buddy.rules.js';
import { comesBack, freeSlots, openSubnets, roomOf, segmentsIn, type VpcFacts } from '../plan.facts.js';
import { largestSegment, subnetsPerVpc } from '../pool/pool.rules.js';
import { usableOf } from '../segment/infra.rules.js';
import { wholeSegments } from '../subnet/split.rules.js';
import { aheadOf, floorOf, highWaterOf, type ClusterDemand, type FloorPolicy } from './floor.rules.js';
import { gainOf, reclaimable, upTo, type Candidate } from './reclaim.rules.js';
import {
  shareOut,
  usableIn,
  type Measure,
  type Piece,
  type PieceDeal,
  type Want,
} from './share-out.rules.js';

/** What the cluster that asks gets of a new subnet: what it needs within the horizon, or all that is left. */
export const SHARINGS = ['hold_back', 'all'] as const;
export type Sharing = (typeof SHARINGS)[number];

export interface SupplementQuestion {
  vpc: VpcFacts;
  sharing: Sharing;
  floor: FloorPolicy;
  idcId: string;
  /** The cluster that runs out. */
  clusterId: string;
  /** Only addresses of the subnets that are given: no new one is made. */
  noNewSubnet?: boolean;
  /** Addresses that it must be able to hand out. */
  need: number;
  /** Requests wait; otherwise it is only below its low-water mark, and there is time to take segments back. */
  urgent: boolean;
  /** All clusters of the IDC. */
  demands: readonly ClusterDemand[];
  /** While nobody waits, segments that were dealt more lately are not taken back; in seconds. */
  coolDownS?: number;
}

export interface NewSubnet {
  slot: number;
  block: Block;
  deals: PieceDeal[];
  spares: Block[];
}

/** A cluster that stays below its floor, and why. */
export interface BelowFloor {
  clusterId: string;
  floor: number;
  room: number;
  why: 'nothing_dealt' | 'no_unit_left';
}

export interface SupplementAnswer {
  /** `enough` and `coming`: nothing to do, somebody else has done it; `reclaiming`: segments are on their way back. */
  kind: 'enough' | 'coming' | 'spare' | 'reclaiming' | 'new_subnet' | 'exhausted';
  /** Spare segments, or halves of them, that are dealt out. */
  deals: PieceDeal[];
  newSubnet: NewSubnet | null;
  /** Segments to take back now. */
  reclaim: Candidate[];
  /** Addresses of the need that are in sight neither here nor in a segment that comes. */
  short: number;
  belowFloor: BelowFloor[];
  /** Free slots that are kept for IDCs without a subnet. */
  keptFor: string[];
}

/**
 * Decides how a cluster gets more addresses: a spare segment, one that another cluster does not need, a new subnet.
 * The floors of the others come before the wish of the one that asks.
 */
export function decideSupplement(question: SupplementQuestion): SupplementAnswer {
  const { vpc, idcId, clusterId, need } = question;
  const room = roomOf(segmentsIn(vpc, idcId), clusterId);
  if (room.free >= need) return answer(question, 'enough', {});
  if (room.free + room.coming >= need) return answer(question, 'coming', {});
  const spare = shareOut(sparePieces(vpc, idcId), wantsOf(question, []), measureOf(question));
  const rest = shortOf(question, spare.deals);
  if (rest === 0) return answer(question, 'spare', { deals: spare.deals });
  return beyondSpare(question, spare.deals, rest);
}

function beyondSpare(question: SupplementQuestion, deals: PieceDeal[], rest: number): SupplementAnswer {
  const returning = returningTo(question);
  const candidates = candidatesOf(question);
  if (!question.urgent && returning + gainOf(candidates) >= rest) {
    return answer(question, 'reclaiming', { deals, reclaim: upTo(rest - returning, candidates) });
  }
  const newSubnet = planSubnet(question, deals);
  if (newSubnet) return answer(question, 'new_subnet', { deals, newSubnet });
  // Whatever comes back of this is for those who ask again.
  const reclaim = upTo(rest - returning, candidates);
  return answer(question, deals.length > 0 ? 'spare' : 'exhausted', { deals, reclaim });
}

function answer(
  question: SupplementQuestion,
  kind: SupplementAnswer['kind'],
  parts: Partial<Pick<SupplementAnswer, 'deals' | 'newSubnet' | 'reclaim'>>,
): SupplementAnswer {
  const { deals = [], newSubnet = null, reclaim = [] } = parts;
  const all = [...deals, ...(newSubnet?.deals ?? [])];
  return {
    kind,
    deals,
    newSubnet,
    reclaim,
    short: shortOf(question, all),
    belowFloor: belowFloor(question, all, kind),
    keptFor: slotsOf(question.vpc).keptFor,
  };
}

/** The first want is that of the cluster that asks; the others lack something, the neediest first. */
function wantsOf(question: SupplementQuestion, dealt: readonly PieceDeal[]): Want[] {
  const { floor, clusterId, need, demands } = question;
  const own = demands.find((demand) => demand.clusterId === clusterId);
  const ahead = own ? aheadOf(own, floor) : 0;
  const target = Math.max(need, own ? floorOf(own, floor) : 0) + ahead;
  const others = demands
    .filter((demand) => demand.eligible && demand.clusterId !== clusterId)
    .map((demand) => {
      const least = Math.max(floorOf(demand, floor), demand.waiting ?? 0);
      const addresses = Math.max(0, least - roomWith(question, demand.clusterId, dealt));
      return { clusterId: demand.clusterId, addresses, lacks: addresses / Math.max(least, 1) };
    })
    .filter(({ addresses }) => addresses > 0)
    .toSorted((a, b) => b.lacks - a.lacks || (a.clusterId < b.clusterId ? -1 : 1));
  return [{ clusterId, addresses: Math.max(0, target - roomWith(question, clusterId, dealt)) }, ...others];
}

function planSubnet(question: SupplementQuestion, dealt: readonly PieceDeal[]): NewSubnet | null {
  const { vpc, sharing, clusterId, idcId, noNewSubnet } = question;
  const { free, keptFor } = slotsOf(vpc);
  const [slot] = free;
  const kept = keptFor.filter((id) => id !== idcId);
  if (noNewSubnet || slot === undefined || free.length <= kept.length) return null;
  const block = childAt(vpc.block, vpc.policy.subnet, slot);
  const pieces = wholeSegments(block, vpc.policy).map((one) => ({
    block: one,
    subnet: block,
    segmentId: null,
  }));
  const { deals, left } = shareOut(pieces, wantsOf(question, dealt), measureOf(question));
  if (sharing === 'hold_back') return { slot, block, deals, spares: left.map((piece) => piece.block) };
  // All that is left, in segments as large as can be: a half that it got joins the half that was left.
  const others = deals.filter((deal) => deal.clusterId !== clusterId);
  const own = [...deals.filter((deal) => deal.clusterId === clusterId), ...left].map((piece) => piece.block);
  const whole = mergeBuddies(own, largestSegment(vpc.policy));
  const dealtToOwn = whole.map((one) => ({ block: one, subnet: block, segmentId: null, clusterId }));
  return { slot, block, deals: [...others, ...dealtToOwn], spares: [] };
}

function slotsOf(vpc: VpcFacts) {
  return freeSlots(vpc, subnetsPerVpc(vpc.policy));
}

function measureOf({ vpc }: SupplementQuestion): Measure {
  return { infra: vpc.infra, unit: vpc.policy.segment };
}

function sparePieces(vpc: VpcFacts, idcId: string): Piece[] {
  return openSubnets(vpc, idcId).flatMap((subnet) =>
    subnet.segments
      .filter(({ state }) => state === 'spare')
      .map(({ id, block }) => ({ block, subnet: subnet.block, segmentId: id })),
  );
}

/** Free and coming addresses of the cluster, with those of the deals. */
function roomWith(question: SupplementQuestion, clusterId: string, deals: readonly PieceDeal[]): number {
  const { free, coming } = roomOf(segmentsIn(question.vpc, question.idcId), clusterId);
  const own = deals.filter((deal) => deal.clusterId === clusterId);
  return own.reduce((sum, deal) => sum + usableIn(deal, measureOf(question)), free + coming);
}

function shortOf(question: SupplementQuestion, deals: readonly PieceDeal[]): number {
  return Math.max(0, question.need - roomWith(question, question.clusterId, deals));
}

function belowFloor(
  question: SupplementQuestion,
  deals: readonly PieceDeal[],
  kind: SupplementAnswer['kind'],
): BelowFloor[] {
  const why = kind === 'enough' || kind === 'coming' ? 'nothing_dealt' : 'no_unit_left';
  return question.demands
    .map((demand) => ({
      clusterId: demand.clusterId,
      floor: floorOf(demand, question.floor),
      room: roomWith(question, demand.clusterId, deals),
      why: why as BelowFloor['why'],
    }))
    .filter(({ floor, room }) => room < floor);
}

function candidatesOf({
  vpc,
  idcId,
  clusterId,
  demands,
  floor,
  urgent,
  coolDownS,
}: SupplementQuestion): Candidate[] {
  const markOf = urgent ? floorOf : highWaterOf;
  const marks = new Map(demands.map((demand) => [demand.clusterId, markOf(demand, floor)]));
  const segments = segmentsIn(vpc, idcId);
  return reclaimable({
    segments,
    keep: (id) => marks.get(id) ?? 0,
    exceptClusterId: clusterId,
    unit: vpc.policy.segment,
    coolDownS: urgent ? 0 : coolDownS,
  });
}

/** Usable addresses of the segments that will be spare in a moment. */
function returningTo({ vpc, idcId }: SupplementQuestion): number {
  return openSubnets(vpc, idcId)
    .flatMap(({ block, segments }) =>
      segments.filter(comesBack).map((segment) => usableOf(vpc.infra, block, segment.block)),
    )
    .reduce((sum, usable) => sum + usable, 0);
}
