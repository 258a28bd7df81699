import { newId } from '@ultron/kernel/id';
import { AddressPlanFixture } from '@ultron/network/address-plan/testing/address-plan.fixture';
import { EXPECTED, fillHotCluster, STRATEGIES } from '@ultron/network/address-plan/testing/strategy-table';
import { alternate, median, medianRatio, type Figure } from '../figures.js';
import { Arena } from './arena.js';
import { BareInserts } from './bare-inserts.js';
import { Crowd } from './crowd.js';
import { startPlanDatabase } from './plan-database.js';
import { rate } from './rate.js';

const ROUNDS = 3;
const CONNECTIONS = 10;
/** Calls of a round: what they take together fits into the arena. */
const CALLS: Record<number, number> = { 1: 120, 100: 24 };
const CALLERS = [1, 8];
const HELD = [10, 100, 10_000, 1_000_000];

/** Addresses handed out by the allocator against the same inserts without it, and beside up to a million held ones. */
export async function addresses(): Promise<Figure[]> {
  const started = await startPlanDatabase(CONNECTIONS);
  const bare = new BareInserts(started.url, CONNECTIONS);
  try {
    const fixture = new AddressPlanFixture(started.database);
    const poolId = newId();
    await fixture.plan.createPool({ id: poolId, name: 'bench', cidr: '11.0.0.0/8' });
    const arena = await Arena.make(fixture, poolId);
    const parts = [
      () => compare(arena, bare),
      () => strategies(fixture, poolId),
      () => grow(fixture, arena, bare),
    ];
    const figures: Figure[] = [];
    for (const part of parts) figures.push(...(await part()));
    return figures;
  } finally {
    await bare.close();
    await started.stop();
  }
}

async function compare(arena: Arena, bare: BareInserts): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [batch, calls] of batches()) {
    for (const callers of CALLERS) {
      const { ultron, peer, ratio } = await against(arena, bare, batch, calls, callers);
      const of = `batch_${batch}_callers_${callers}`;
      figures.push(
        figure(`ultron_${of}`, ultron, 'addresses/s'),
        figure(`bare_${of}`, peer, 'addresses/s'),
        figure(`ratio_${of}`, ratio, 'x'),
      );
    }
  }
  return figures;
}

/** Beside a million addresses the database itself is slower; the bare inserts show by how much. */
async function grow(fixture: AddressPlanFixture, arena: Arena, bare: BareInserts): Promise<Figure[]> {
  const crowd = await Crowd.make(fixture, '12.0.0.0/8');
  const figures: Figure[] = [];
  for (const held of HELD) {
    await crowd.growTo(held);
    for (const [batch, calls] of batches()) {
      const { ultron, peer, ratio } = await against(arena, bare, batch, calls, 1);
      const of = `batch_${batch}_beside_${held}`;
      figures.push(
        figure(`ultron_${of}`, ultron, 'addresses/s'),
        figure(`bare_${of}`, peer, 'addresses/s'),
        figure(`ratio_${of}`, ratio, 'x', 'flat'),
      );
    }
  }
  return figures;
}

/** The medians of both sides, taking turns, after one round that does not count. */
async function against(
  arena: Arena,
  bare: BareInserts,
  batch: number,
  calls: number,
  callers: number,
): Promise<{ ultron: number; peer: number; ratio: number }> {
  const ultron = () => ultronRate(arena, batch, calls, callers);
  const peer = async () => {
    await bare.empty();
    return rate(calls, callers, batch, () => bare.insert(batch));
  };
  await ultron();
  await peer();
  const { a, b } = await alternate(ROUNDS, ultron, peer);
  return { ultron: median(a), peer: median(b), ratio: medianRatio(a, b) };
}

async function strategies(fixture: AddressPlanFixture, poolId: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [clusters, ...expected] of EXPECTED) {
    for (const [i, strategy] of STRATEGIES.entries()) {
      const held = await fillHotCluster(fixture, poolId, clusters, strategy);
      const metric = `hot_cluster_of_${clusters}_strategy_${strategy}`;
      figures.push(figure(metric, held, 'addresses', String(expected[i])));
    }
  }
  return figures;
}

async function ultronRate(arena: Arena, batch: number, calls: number, callers: number): Promise<number> {
  await arena.empty();
  return rate(calls, callers, batch, (call) => arena.allocate(call, batch));
}

function batches(): [batch: number, calls: number][] {
  return Object.entries(CALLS).map(([batch, calls]) => [Number(batch), calls]);
}

function figure(metric: string, value: number, unit: string, aim?: string): Figure {
  return { scenario: 'addresses', metric, value, unit, ...(aim === undefined ? {} : { aim }) };
}
