import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { contains, formatBlock, fromBytes, holds, overlaps, sizeOf, type Block } from '../block/block.js';
import { toBlock } from '../block/block.row.js';
import { largestSegment, subnetsPerVpc, unitsPerSubnet } from '../pool/pool.rules.js';
import { infraOf } from '../segment/infra.rules.js';
import type { SegmentRow } from '../segment/segment.repository.js';
import type { VpcPlan, VpcPlanRepository } from '../vpc/vpc-plan.repository.js';

export interface HeldRow {
  address: bigint;
  /** Why it was taken out of the plan. */
  purpose: string | null;
  segmentId: string;
  state: string;
  reservationId: string | null;
}

/** All rows of a VPC at one moment in which nobody writes. */
export interface Snapshot {
  plan: VpcPlan;
  pool: Block;
  segments: SegmentRow[];
  held: HeldRow[];
  /** Clusters that wait for addresses. */
  waiting: number;
}

export async function takeSnapshot(
  tx: Transaction,
  plans: VpcPlanRepository,
  vpcId: string,
): Promise<Snapshot> {
  const plan = await plans.get(tx, vpcId);
  const [pool] = await select<{ base: Buffer; prefix: number }>(
    tx,
    'SELECT base, prefix FROM address_pool WHERE id = ?',
    [plan.scopeId],
  );
  if (!pool) throw new Error('the VPC has a pool');
  const rows = await select<{
    address: Buffer;
    segmentId: string;
    state: string;
    reservationId: string | null;
    purpose: string | null;
  }>(
    tx,
    `SELECT address, segment_id AS segmentId, state, reservation_id AS reservationId, purpose FROM address
      WHERE scope_id = ?`,
    [plan.scopeId],
  );
  const [line] = await select<{ n: number }>(
    tx,
    'SELECT COUNT(*) AS n FROM supplement_wait WHERE vpc_id = ?',
    [vpcId],
  );
  return {
    waiting: Number(line?.n ?? 0),
    plan,
    pool: toBlock(pool),
    segments: plan.subnets.flatMap(({ segments }) => segments),
    held: rows.map((row) => ({ ...row, address: fromBytes(row.address) })),
  };
}

/** What is wrong with the rows: a sentence for each broken invariant of the plan. */
export function brokenInvariants(
  { plan, pool, segments, held }: Snapshot,
  idcOf: ReadonlyMap<string, string>,
): string[] {
  const broken: string[] = [];
  const must = (name: string, holdsTrue: boolean, what: string) => {
    if (!holdsTrue) broken.push(`${name}: ${what}`);
  };
  const { policy } = plan;
  must('I1', contains(pool, plan.block), 'the VPC lies outside of its pool');
  must('I5', plan.subnets.length <= subnetsPerVpc(policy), 'the VPC has too many subnets');
  for (const subnet of plan.subnets) {
    const name = formatBlock(subnet.block);
    must('I1', contains(plan.block, subnet.block), `${name} lies outside of the VPC`);
    const total = subnet.segments.reduce((sum, { block }) => sum + sizeOf(block), 0n);
    must('I4', total === sizeOf(subnet.block), `${name} has ${total} addresses in its segments`);
    must('I5', subnet.segments.length <= unitsPerSubnet(policy), `${name} has too many segments`);
    for (const segment of subnet.segments) {
      must('I1', contains(subnet.block, segment.block), `${nameOf(segment)} lies outside of ${name}`);
      checkOwner(segment, subnet.idcId);
    }
  }
  for (const [i, one] of segments.entries()) {
    const twins = segments.slice(i + 1).filter(({ block }) => overlaps(block, one.block));
    must('I2', twins.length === 0, `${nameOf(one)} overlaps ${twins.map(nameOf).join()}`);
    const { base, prefix } = one.block;
    must(
      'I3',
      prefix >= largestSegment(policy) && prefix <= policy.segment,
      `${nameOf(one)} has a wrong size`,
    );
    must('I3', base % sizeOf(one.block) === 0n, `${nameOf(one)} is not aligned`);
    checkCounts(one);
  }
  const addresses = new Set(held.map(({ address }) => address));
  must('I7', addresses.size === held.length, 'an address is held twice');
  for (const { address, segmentId } of held) {
    const segment = segments.find(({ id }) => id === segmentId);
    must(
      'I7',
      segment !== undefined && holds(segment.block, address),
      `${address} is held outside of its segment`,
    );
  }
  return broken;

  function checkOwner(segment: SegmentRow, idcId: string): void {
    const { clusterId, state } = segment;
    must(
      'I6',
      (state === 'spare') === (clusterId === null),
      `${nameOf(segment)} is ${state} of ${clusterId}`,
    );
    must('I6', clusterId === null || idcOf.get(clusterId) === idcId, `${nameOf(segment)} is in a wrong IDC`);
  }

  // The counts of a segment say exactly what its rows say, all of them: they are what every decision rests on.
  function checkCounts(segment: SegmentRow): void {
    const own = held.filter(({ segmentId }) => segmentId === segment.id);
    const infra = own
      .filter(({ state, purpose }) => state === 'infra' && purpose === null)
      .map(({ address }) => address);
    const subnet = plan.subnets.find(({ id }) => id === segment.subnetId);
    const expected =
      segment.clusterId === null || !subnet ? [] : infraOf(plan.infra, subnet.block, segment.block);
    const wanted = expected.map(({ address }) => address);
    must(
      'I8, I15',
      own.length === segment.held,
      `${nameOf(segment)} counts ${segment.held} of ${own.length}`,
    );
    must(
      'I8, I15',
      infra.length === segment.infra,
      `${nameOf(segment)} counts a wrong number of infra addresses`,
    );
    must(
      'I8',
      sorted(infra).join() === sorted(wanted).join(),
      `${nameOf(segment)} holds other infra addresses`,
    );
    must('I8', BigInt(own.length) <= sizeOf(segment.block), `${nameOf(segment)} holds more than it has`);
  }
}

/** Addresses that were taken out of the plan, and yet are somebody's, or lie where nothing may be held. */
export function withdrawnAndHeld({ held, segments }: Snapshot): string[] {
  return held
    .filter(({ purpose }) => purpose !== null)
    .flatMap(({ address, state, segmentId }) => {
      const owner = segments.find(({ id }) => id === segmentId)?.clusterId ?? null;
      return state === 'infra' && owner !== null ? [] : [`I11: ${address} is taken out, and ${state}`];
    });
}

/** What went wrong between two moments: a held address whose cluster changed. */
export function movedAddresses(before: Snapshot, after: Snapshot): string[] {
  const ownerOf = (snapshot: Snapshot, row: HeldRow) =>
    snapshot.segments.find(({ id }) => id === row.segmentId)?.clusterId ?? null;
  return before.held
    .filter(({ reservationId }) => reservationId !== null)
    .flatMap((row) => {
      const now = after.held.find(
        (one) => one.address === row.address && one.reservationId === row.reservationId,
      );
      const moved = now !== undefined && ownerOf(before, row) !== ownerOf(after, now);
      return moved ? [`I11: ${row.address} went to another cluster`] : [];
    });
}

function nameOf({ block, state }: SegmentRow): string {
  return `${formatBlock(block)} (${state})`;
}

function sorted(addresses: readonly bigint[]): bigint[] {
  return addresses.toSorted((a, b) => (a < b ? -1 : 1));
}
