import { hash } from 'node:crypto';
import { testDatabase } from '@ultron/dev/test-datastores';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';
import { silentLog } from '@ultron/platform/logging/logger';
import { platformEntities } from '@ultron/platform/platform.entities';
import { platformMigrations } from '@ultron/platform/platform.migrations';
import { mapListing, type KnownBytes, type ObservedListing, type ObservedObject } from '../kind/observed.js';
import type { ClusterCaps, LaneStrategy, SyncKind } from '../kind/sync-kind.js';
import { ObservedRepository } from '../observed/observed.repository.js';
import { syncEntities } from '../sync.entities.js';
import { syncMigrations } from '../sync.migrations.js';
import { SyncEngine } from './sync-engine.js';
import type { SyncEngineOptions } from './sync-engine.options.js';

/** A cluster that a test changes as it likes. */
export class FakeCluster {
  readonly id = newId();
  readonly objects = new Map<string, ObservedObject>();
  /** What was deleted, and when: told by the list of changes. */
  readonly deleted = new Map<string, ObservedObject>();
  tier = 'gold';
  resting = false;
  pageSize = 100;
  /** Milliseconds until each page comes. */
  delayMs = 0;
  /** The same for lists of everything alone, which show how it was when they were begun. */
  listDelayMs = 0;
  down = false;
  /** Lists begin anew so often before they end. */
  restarts = 0;
  /** Pages stop here, without an error or an end, until the pass is given up. */
  hangs = false;
  readonly calls = { list: 0, changed: 0, ids: 0, revisions: 0, these: 0, find: 0, of: 0 };

  put(id: string, status = 'ACTIVE', more: Partial<ObservedObject> = {}): void {
    const object: ObservedObject = {
      id,
      name: id,
      projectId: 'p',
      status,
      parentId: null,
      revision: null,
      updatedAt: new Date(),
      fields: {},
      ...more,
    };
    this.objects.set(id, object);
    this.deleted.delete(id);
  }

  delete(id: string): void {
    const object = this.objects.get(id);
    if (!object) return;
    this.objects.delete(id);
    this.deleted.set(id, { ...object, deleted: true, updatedAt: new Date() });
  }

  fill(count: number, more: Partial<ObservedObject> = {}): void {
    for (let index = 0; index < count; index++)
      this.put(`o${String(index).padStart(6, '0')}`, 'ACTIVE', more);
  }
}

export interface FakeContext {
  cluster: FakeCluster;
  signal: AbortSignal;
}

export const thing = (
  kind: string,
  strategy: LaneStrategy = { changes: 'changes_since', deletions: 'changes_since' },
  more: Partial<SyncKind<FakeContext>> = {},
): SyncKind<FakeContext> => ({
  kind,
  domain: 'compute',
  strategy: () => strategy,
  list: (context, known) =>
    sifted(
      pages(context, 'list', (cluster) => [...cluster.objects.values()]),
      known,
    ),
  listChanged: (context, since) =>
    pages(context, 'changed', (cluster) =>
      [...cluster.objects.values(), ...cluster.deleted.values()].filter(
        ({ updatedAt }) => updatedAt !== null && updatedAt >= since,
      ),
    ),
  listIds: (context) =>
    mapListing(
      pages(context, 'ids', (cluster) => [...cluster.objects.values()]),
      ({ id }) => id,
    ),
  listRevisions: (context) =>
    mapListing(
      pages(context, 'revisions', (cluster) => [...cluster.objects.values()]),
      ({ id, revision }) => ({ id, revision }),
    ),
  listThese: (context, ids) =>
    pages(context, 'these', (cluster) => ids.flatMap((id) => cluster.objects.get(id) ?? [])),
  find: async ({ cluster, signal }, id) => {
    cluster.calls.find += 1;
    await answer(cluster, signal);
    return cluster.objects.get(id) ?? null;
  },
  ...more,
});

/** As the lists of the client are: what is known is not in them. */
function sifted(listing: ObservedListing, known: KnownBytes): ObservedListing {
  return {
    get report() {
      return listing.report;
    },
    async *[Symbol.asyncIterator]() {
      for await (const page of listing) {
        const ofPage = hash('md5', JSON.stringify(page));
        const items = page.map((item) => ({ ...item, digest: hash('md5', JSON.stringify(item)) }));
        const news =
          known.page(ofPage) === undefined ? items.filter(({ digest }) => !known.item(digest)) : [];
        if (news.length === 0) known.keep(ofPage, { items: items.map(({ digest }) => digest), rest: '' });
        yield news;
      }
    },
  };
}

function pages(
  { cluster, signal }: FakeContext,
  call: 'list' | 'changed' | 'ids' | 'revisions' | 'these',
  of: (cluster: FakeCluster) => ObservedObject[],
): ObservedListing {
  cluster.calls[call] += 1;
  const report = { restarts: 0, complete: false };
  return {
    report,
    async *[Symbol.asyncIterator]() {
      for (let begun = 0; begun <= cluster.restarts; begun++) {
        report.restarts = begun;
        const all = of(cluster);
        for (let from = 0; from === 0 || from < all.length; from += cluster.pageSize) {
          await answer(cluster, signal);
          if (call === 'list') await new Promise((resolve) => setTimeout(resolve, cluster.listDelayMs));
          yield all.slice(from, from + cluster.pageSize);
          if (begun < cluster.restarts) break;
        }
      }
      report.complete = cluster.restarts === 0;
    },
  };
}

async function answer(cluster: FakeCluster, signal: AbortSignal): Promise<void> {
  if (cluster.hangs) {
    await new Promise((_, reject) => {
      const fail = () => reject(unavailable('timed out'));
      if (signal.aborted) fail();
      else signal.addEventListener('abort', fail, { once: true });
    });
  }
  if (cluster.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, cluster.delayMs));
  signal.throwIfAborted();
  if (cluster.down) throw unavailable('connection refused');
}

const unavailable = (detail: string): Fault =>
  new Fault({ code: 'openstack_outage', category: 'unavailable', detail });

const caps: ClusterCaps = { has: () => true, hasService: () => true };

export interface SyncWorld {
  database: Database;
  url: string;
  engine(
    clusters: readonly FakeCluster[],
    options?: Partial<SyncEngineOptions<FakeContext>>,
  ): SyncEngine<FakeContext>;
  close(): Promise<void>;
}

/** A database with the tables of the engine, and engines on clusters that exist in the test alone. */
export async function openSyncWorld(): Promise<SyncWorld> {
  const data = await testDatabase();
  const schema = {
    url: data.url,
    entities: [...platformEntities, ...syncEntities],
    migrations: [...platformMigrations, ...syncMigrations],
  };
  await migrate(schema);
  const database = await openDatabase(schema);
  const engines: SyncEngine<FakeContext>[] = [];
  return {
    database,
    url: data.url,
    engine(clusters, options = {}) {
      const engine = new SyncEngine<FakeContext>({
        database,
        log: silentLog(),
        conductorId: newId(),
        name: 'test',
        conductorGroup: 'default',
        domains: ['compute', 'network'],
        kinds: [thing('server')],
        store: new ObservedRepository(),
        clusters: async () =>
          clusters.map(({ id, tier, resting }) => ({ id, name: id, caps, tier, resting })),
        open: async (id, { signal }) => ({ cluster: byId(clusters, id), signal }),
        classify: (error) =>
          error instanceof Fault
            ? error
            : new Fault({ code: 'bug', category: 'bug', detail: String(error), cause: error }),
        ...options,
        times: { look: 50, balance: 300, census: 300, spread: 50, ...options.times },
      });
      engines.push(engine);
      return engine;
    },
    async close() {
      await Promise.all(engines.map((engine) => engine.stop()));
      await database.close();
      await data.drop();
    },
  };
}

function byId(clusters: readonly FakeCluster[], id: string): FakeCluster {
  const found = clusters.find((cluster) => cluster.id === id);
  if (!found) throw new Error(`no cluster ${id}`);
  return found;
}

/** Until it holds; for what happens by itself after a while. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  what: string,
  withinMs = 30_000,
): Promise<number> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - from;
}
