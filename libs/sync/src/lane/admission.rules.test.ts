import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  admit,
  debtOf,
  Places,
  type ClusterHealth,
  type DueLane,
  type RunningPass,
} from './admission.rules.js';

const ROOM = { total: 12, perCluster: 3, inTrouble: 2, patienceMs: 5_000 };

const lane = fc.record({
  clusterId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  ageMs: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
  objectiveMs: fc.constantFrom(15_000, 60_000, 300_000),
  overdueMs: fc.integer({ min: 0, max: 100_000 }),
  wanted: fc.boolean(),
});
const health = (id: string): ClusterHealth => (id === 'a' ? 'shut' : id < 'd' ? 'in_trouble' : 'well');
const allWell = (): ClusterHealth => 'well';
const passes = (clusterId: string, count: number, waitedMs: number): RunningPass[] =>
  Array.from({ length: count }, () => ({ clusterId, waitedMs }));

describe('which lanes begin', () => {
  it('never exceeds the room, lets nothing shut begin, and lets trouble take no more than its part', () => {
    fc.assert(
      fc.property(
        fc.array(lane, { maxLength: 60 }),
        fc.array(
          fc.record({
            clusterId: fc.constantFrom('b', 'd', 'e'),
            waitedMs: fc.constantFrom(0, 4_999, 5_000, 60_000),
          }),
          { maxLength: 8 },
        ),
        (due, running) => {
          const stalled = new Set<string>(
            running.filter((one) => one.waitedMs >= 5_000).map((one) => one.clusterId),
          );
          const isWell = (id: string) => health(id) === 'well' && !stalled.has(id);
          const chosen = admit(due, new Places(running, ROOM, health));
          const after = [...running, ...chosen].map(({ clusterId }) => clusterId);
          expect(chosen.length).toBeLessThanOrEqual(ROOM.total);
          expect(after.filter(isWell).length).toBeLessThanOrEqual(ROOM.total);
          expect(chosen.some(({ clusterId }) => clusterId === 'a')).toBe(false);
          const troubled = chosen.map(({ clusterId }) => clusterId).filter((id) => !isWell(id));
          expect(troubled.length).toBeLessThanOrEqual(ROOM.inTrouble);
          expect(new Set(troubled).size).toBe(troubled.length);
          for (const id of ['d', 'e', 'f']) {
            const own = chosen.filter(({ clusterId }) => clusterId === id).length;
            expect(own === 0 || after.filter((each) => each === id).length <= ROOM.perCluster).toBe(true);
          }
        },
      ),
    );
  });

  it('are the most indebted: nobody well waits behind one that is further ahead', () => {
    fc.assert(
      fc.property(fc.array(lane, { maxLength: 60 }), (due) => {
        const well = due.map((one, index): DueLane & { index: number } => ({
          ...one,
          clusterId: `w${index}`,
          wanted: false,
          index,
        }));
        const chosen = new Set(admit(well, new Places([], ROOM, allWell)).map(({ index }) => index));
        const least = Math.min(...well.filter(({ index }) => chosen.has(index)).map(debtOf));
        for (const left of well.filter(({ index }) => !chosen.has(index)))
          expect(debtOf(left)).toBeLessThanOrEqual(least);
      }),
    );
  });

  it('are those of the well as long as there is a place, however many clusters hang at however many passes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: ROOM.perCluster }), { maxLength: 50 }),
        fc.array(fc.integer({ min: 0, max: ROOM.perCluster }), { maxLength: 10 }),
        fc.array(lane, { maxLength: 40 }),
        (hanging, busy, late) => {
          const running = [
            ...hanging.flatMap((count, i) => passes(`hangs ${i}`, count, ROOM.patienceMs)),
            ...busy.flatMap((count, i) => passes(`well ${i}`, count, 0)),
          ];
          // The hanging are the most indebted by far, and well ones are due everywhere.
          const due: DueLane[] = [
            ...late.map((one, i) => ({ ...one, clusterId: `hangs ${i % 7}`, ageMs: 10_000_000 })),
            ...busy.map((_, i) => ({
              clusterId: `well ${i}`,
              ageMs: 1_000,
              objectiveMs: 60_000,
              overdueMs: 1,
              wanted: false,
            })),
          ].filter(({ clusterId }) => hanging.length > 6 || clusterId.startsWith('well'));
          const chosen = admit(due, new Places(running, ROOM, allWell));
          const well = chosen.filter(({ clusterId }) => clusterId.startsWith('well')).length;
          const places = ROOM.total - ROOM.inTrouble - busy.reduce((sum, count) => sum + count, 0);
          const able = busy.filter((count) => count < ROOM.perCluster).length;
          expect(well).toBeGreaterThanOrEqual(Math.min(Math.max(places, 0), able));
        },
      ),
    );
  });
});

/** Whole clusters over minutes, in the proportions of a conductor: calls that hang take a minute and a half to fail. */
describe('a conductor most of whose clusters hang', () => {
  const CONDUCTOR = { total: 24, perCluster: 4, inTrouble: 8, patienceMs: 5_000 };
  const KINDS = 14;
  const TICK_MS = 250;
  const HANGS_FOR_MS = 90_000;
  const ANSWERS_IN_MS = 500;
  const PERIOD_MS = 7_500;

  it.each([6, 36])('reads the others all the same: %d of 40', (hanging) => {
    const clusters = Array.from({ length: 40 }, (_, i) => ({ id: `c${i}`, hangs: i < hanging }));
    const outages = new Set<string>();
    const lanes = clusters.flatMap(({ id: clusterId, hangs }) =>
      Array.from({ length: KINDS }, () => ({ clusterId, hangs, freshAt: 0, dueAt: 0, begunAt: NaN })),
    );
    let worstMs = 0;
    for (let now = 0; now <= 120_000; now += TICK_MS) {
      for (const one of lanes) {
        if (!(now - one.begunAt >= (one.hangs ? HANGS_FOR_MS : ANSWERS_IN_MS))) continue;
        if (one.hangs) outages.add(one.clusterId);
        else one.freshAt = one.begunAt;
        Object.assign(one, { dueAt: now + PERIOD_MS, begunAt: NaN });
      }
      const running = lanes
        .filter(({ begunAt }) => begunAt <= now)
        .map(({ clusterId, hangs, begunAt }) => ({ clusterId, waitedMs: hangs ? now - begunAt : 0 }));
      const due = lanes
        .filter(({ begunAt, dueAt }) => Number.isNaN(begunAt) && dueAt <= now)
        .map((one) => ({
          one,
          clusterId: one.clusterId,
          ageMs: now - one.freshAt,
          objectiveMs: 15_000,
          overdueMs: now - one.dueAt,
          wanted: false,
        }));
      const healthOf = (id: string): ClusterHealth => (outages.has(id) ? 'in_trouble' : 'well');
      for (const { one } of admit(due, new Places(running, CONDUCTOR, healthOf))) one.begunAt = now;
      for (const { hangs, freshAt } of lanes) if (!hangs) worstMs = Math.max(worstMs, now - freshAt);
    }
    // Those that hang are found out some at a time, and once.
    expect(worstMs).toBeLessThan(hanging === 6 ? 25_000 : 60_000);
  });
});
