import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@ultron/dev/test-datastores';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';
import fc from 'fast-check';
import { realisationMigrations } from '../realisation/realisation.migrations.js';
import { addressPlanEntities } from './address-plan.entities.js';
import { addressPlanMigrations } from './address-plan.migrations.js';
import { roomOf, segmentsIn } from './plan.facts.js';
import { brokenInvariants, movedAddresses, withdrawnAndHeld } from './testing/plan-invariants.js';
import { workload } from './testing/plan-workload.js';
import { attempt, floor, happened, World } from './testing/plan-world.js';

jest.setTimeout(300_000);

const RUNS = 10;

const planMigrations = [...addressPlanMigrations, ...realisationMigrations];
let data: TestDatabase;
let database: Database;

beforeAll(async () => {
  data = await testDatabase();
  const options = { url: data.url, entities: addressPlanEntities, migrations: planMigrations };
  await migrate(options);
  database = await openDatabase({ ...options, poolSize: 10 });
});
afterAll(async () => {
  await database.close();
  await data.drop();
});

describe('the address plan, under random workloads of callers that meet and die', () => {
  it.each([
    ['routed', 'hold_back'],
    ['routed', 'all'],
    ['stretched', 'hold_back'],
  ] as const)('keeps its invariants after every step (%s, %s)', async (realisation, sharing) => {
    await fc.assert(
      fc.asyncProperty(workload, async (steps) => {
        const world = await World.make(database, realisation, sharing);
        let before = await world.snapshot();
        for (const step of steps) {
          await Promise.all(step.map((op) => world.run(op, before)));
          const after = await world.snapshot();
          expect(brokenInvariants(after, world.idcOf)).toEqual([]);
          expect(movedAddresses(before, after)).toEqual([]);
          expect(world.clusters.disagreements(after.segments)).toEqual([]);
          expect(withdrawnAndHeld(after)).toEqual([]);
          // I14: every other source of subnets left aside, a storm makes one at most. (Those that wait are served too.)
          if (step.length === 1 && step[0]?.kind === 'storm' && before.waiting === 0) {
            expect(after.plan.subnets.length - before.plan.subnets.length).toBeLessThanOrEqual(1);
          }
          before = after;
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  it('was not only refusals', () => {
    const often = ['allocate', 'allocate_coming', 'allocate_preemptible', 'promised', 'taken_out'];
    expect(often.filter((what) => !happened.has(what))).toEqual([]);
  });

  it('refuses nobody for want of addresses while some are spare, and says who is below the floor', async () => {
    const asked = fc.array(fc.tuple(fc.nat(10), fc.integer({ min: 1, max: 100 })), {
      minLength: 6,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(asked, async (requests) => {
        const world = await World.make(database, 'routed', 'hold_back');
        const [idcId = ''] = world.idcIds;
        const demands = world.demandsOf(idcId);
        for (const [which, need] of requests) {
          const clusterId = world.pick(world.clustersOf(idcId), which) ?? '';
          const { vpcId, calm } = world;
          const command = { id: newId(), vpcId, idcId, clusterId, need, urgent: true, demands };
          const outcome = await calm.supplements.supplement(command);
          const { plan } = await world.snapshot();
          const segments = segmentsIn(plan, idcId);
          const spare = segments.filter(({ state }) => state === 'spare');
          if (outcome.short > 0) expect(spare).toEqual([]);
          // I10: free and coming addresses count; segments that are taken back count until they are.
          const roomIn = (id: string) => {
            const room = roomOf(segments, id);
            return room.free + room.coming;
          };
          if (outcome.draining.length === 0) {
            const below = new Map(outcome.belowFloor.map((one) => [one.clusterId, one]));
            for (const { clusterId: id } of demands) {
              if (roomIn(id) < floor.leastFree) expect(below.has(id)).toBe(true);
              // A busy cluster has a higher floor; it is named only when it is below that.
              const named = below.get(id);
              if (named) expect(roomIn(id)).toBeLessThan(named.floor);
            }
          }
          await calm.build(vpcId);
          const reservationId = newId();
          await attempt(
            calm.addresses.allocate({ reservationId, vpcId, clusterId, count: need, minCount: 1 }),
          );
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });
});
