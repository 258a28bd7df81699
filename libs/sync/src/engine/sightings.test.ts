import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObservedObject } from '../kind/observed.js';
import { RefreshRequestRepository } from '../refresh/refresh-request.repository.js';
import { RefreshService } from '../refresh/refresh.service.js';
import { FakeCluster, openSyncWorld, thing, until, type SyncWorld } from './engine.fixture.js';
import { laneProbe } from './lane-probe.fixture.js';

/** Holds whoever comes until it is opened. */
class Gate {
  held = 0;
  private opened = Promise.withResolvers<void>();
  private isShut = false;

  shut(): void {
    this.isShut = true;
    this.opened = Promise.withResolvers<void>();
  }

  open(): void {
    this.isShut = false;
    this.opened.resolve();
  }

  async pass(): Promise<void> {
    if (!this.isShut) return;
    this.held += 1;
    await this.opened.promise;
  }
}

let world: SyncWorld;
let cluster: FakeCluster;
let answers: Gate;
beforeEach(async () => {
  world = await openSyncWorld();
  cluster = new FakeCluster();
  answers = new Gate();
}, 60_000);
afterEach(() => {
  answers.open();
  return world.close();
});

const { objects, set, runNow, isAtRest, firstPass, nextPass } = laneProbe(() => ({ world, cluster }));
const refresh = (id: string, kind = 'server') =>
  new RefreshService(world.database, new RefreshRequestRepository()).object(
    { clusterId: cluster.id, kind },
    id,
    10_000,
  );
const one = (rows: readonly ObservedObject[]) => ({
  report: { restarts: 0, complete: true },
  async *[Symbol.asyncIterator]() {
    yield rows;
  },
});

/** Its answer to a question for one object is of the time of the question, and comes when the gate opens. */
const slowToAnswer = (kind: string, strategy = thing(kind).strategy) =>
  thing(kind, undefined, {
    strategy,
    find: async (context, id) => {
      const asItWas = context.cluster.objects.get(id) ?? null;
      await answers.pass();
      return asItWas;
    },
  });

describe('of two sightings of an object the older one does not overwrite the younger', () => {
  const begin = async (kinds = [slowToAnswer('server')]) => {
    cluster.fill(20);
    world.engine([cluster], { kinds }).start();
    await firstPass();
    await set('next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY');
  };

  it('when a pass has written while a refresh waited for its answer', async () => {
    await begin();
    cluster.put('o000003', 'BUILD');
    answers.shut();
    const waiting = refresh('o000003');
    await until(() => answers.held > 0, 'the question');
    cluster.put('o000003', 'ACTIVE', { name: 'built' });
    await nextPass('changes');
    answers.open();
    expect(await waiting).toMatchObject({ served: [{ outcome: 'found' }] });
    expect((await objects()).get('o000003')?.status).toBe('ACTIVE');
  });

  it('when a pass has found missing what a refresh still saw', async () => {
    await begin();
    answers.shut();
    cluster.put('o000003', 'SHUTOFF');
    const waiting = refresh('o000003');
    await until(() => answers.held > 0, 'the question');
    cluster.delete('o000003');
    await nextPass('changes');
    expect((await objects()).get('o000003')).toMatchObject({ missing: 1 });
    answers.open();
    expect(await waiting).toMatchObject({ served: [{ outcome: 'not_found' }] });
    expect((await objects()).get('o000003')).toMatchObject({ missing: 1, status: 'ACTIVE' });
  });

  it('when a refresh has read what a pass reads after it', async () => {
    const lists = new Gate();
    const kind = thing('server', undefined, {
      listChanged: (context) => ({
        report: { restarts: 0, complete: true },
        async *[Symbol.asyncIterator]() {
          await lists.pass();
          yield [...context.cluster.objects.values()];
        },
      }),
    });
    await begin([kind]);
    lists.shut();
    await runNow('changes');
    await until(() => lists.held > 0, 'the list');
    cluster.put('o000003', 'BUILD');
    await refresh('o000003');
    expect((await objects()).get('o000003')?.status).toBe('BUILD');
    cluster.put('o000003', 'ACTIVE');
    lists.open();
    await until(isAtRest, 'the end of the pass');
    expect((await objects()).get('o000003')?.status).toBe('ACTIVE');
  });

  it('when two refreshes read the same, one by its id and one by what it hangs on', async () => {
    const port = (status: string): ObservedObject => ({
      id: 'p1',
      name: 'p1',
      projectId: 'p',
      status,
      parentId: 'o000001',
      revision: null,
      updatedAt: null,
      fields: {},
    });
    let now = port('DOWN');
    const ports = thing(
      'port',
      { changes: 'full', deletions: 'full' },
      {
        list: () => one([]),
        find: async () => now,
        listOf: () => ({
          report: { restarts: 0, complete: true },
          async *[Symbol.asyncIterator]() {
            const asItWas = now;
            await answers.pass();
            yield [asItWas];
          },
        }),
      },
    );
    cluster.fill(5);
    const kinds = [thing('server', undefined, { dependants: ['port'] }), ports];
    world.engine([cluster], { kinds }).start();
    await firstPass();
    await firstPass('port');
    await set('next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY');
    answers.shut();
    const waiting = refresh('o000001');
    await until(() => answers.held > 0, 'the list of ports');
    now = port('ACTIVE');
    await refresh('p1', 'port');
    expect((await objects('port')).get('p1')?.status).toBe('ACTIVE');
    answers.open();
    await waiting;
    expect((await objects('port')).get('p1')?.status).toBe('ACTIVE');
  });
});
