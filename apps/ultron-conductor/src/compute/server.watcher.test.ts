import { afterEach, describe, expect, it } from '@jest/globals';
import type { ObservedServer } from '@ultron/compute/server/server-observation.repository';
import type { ServerFilter } from '@ultron/openstack/compute/servers';
import type { Database } from '@ultron/platform/database/database.service';
import { silentLog } from '@ultron/platform/logging/logger';
import type { ObservationWait } from '@ultron/tasks/task/task.types';
import { eventually } from '@ultron/testing/world/eventually';
import { ServerWatcher } from './server.watcher.js';
import type { WatcherParts } from './server-watch.js';

/** A cluster, and those who wait for it, in memory. */
class FakeWorld {
  waits: ObservationWait[] = [];
  servers: { id: string; status: string; 'OS-EXT-STS:task_state'?: string | null; name?: string }[] = [];
  readonly lists: ServerFilter[] = [];
  listsAtFirstWake = 0;
  readonly woken: string[] = [];
  readonly written: ObservedServer[] = [];
  groups = new Map([['c1', 'default']]);
  failing = false;
  /** The next marks of what lanes are to see anew that are lost. */
  marksLost = 0;
  marks = 0;

  private mark(): unknown[] {
    if (this.marksLost > 0) {
      this.marksLost -= 1;
      throw new Error('the database is away');
    }
    this.marks += 1;
    return [];
  }

  parts(changes: Partial<WatcherParts> = {}): WatcherParts {
    const listDetail = (filter: ServerFilter) => {
      this.lists.push(filter);
      if (this.failing) throw new Error('the cluster does not answer');
      return [this.servers];
    };
    return {
      waits: {
        wanted: async () =>
          this.waits.length ? [{ clusterId: 'c1', resource: 'server', count: this.waits.length }] : [],
        list: async () => this.waits,
        wake: async (ids) => {
          if (ids.length) this.listsAtFirstWake ||= this.lists.length;
          this.woken.push(...ids);
          this.waits = this.waits.filter((wait) => !ids.includes(wait.taskId));
          return ids.length;
        },
      },
      clouds: {
        get: async () => ({ compute: { servers: { listDetail } } }) as never,
        groupOf: async (id) => this.groups.get(id) ?? '',
      },
      observations: { apply: async (_tx, _cluster, seen) => void this.written.push(...seen) },
      database: {
        transaction: async (work: (tx: never) => unknown) => work({} as never),
        read: { query: async () => this.mark() },
      } as unknown as Database,
      locks: {
        using: async (_key, _ttl, work) => ({ ran: true, result: await work(new AbortController().signal) }),
      },
      log: silentLog(),
      conductorGroup: 'default',
      times: { look: 5, least: 5, most: 20 },
      ...changes,
    };
  }
}

const wait = (taskId: string, until: object = { built: true }, since = new Date()): ObservationWait => ({
  taskId,
  key: `server-of-${taskId}`,
  until: { ...until, since: since.toISOString() },
  what: '',
  deadline: null,
});

const server = (taskId: string, status: string, taskState: string | null = null) => ({
  id: `server-of-${taskId}`,
  name: taskId,
  status,
  'OS-EXT-STS:task_state': taskState,
});

let watcher: ServerWatcher | undefined;
afterEach(() => watcher?.stop());

function watch(world: FakeWorld, changes: Partial<WatcherParts> = {}): void {
  watcher = new ServerWatcher(world.parts(changes));
  watcher.start();
}

describe('the watcher', () => {
  it('serves everybody who waits with one list, and wakes those whose time has come', async () => {
    const world = new FakeWorld();
    world.waits = [wait('a'), wait('b'), wait('c')];
    world.servers = [server('a', 'ACTIVE'), server('b', 'BUILD', 'spawning'), server('c', 'ERROR')];
    watch(world);
    await eventually(
      () => world.woken,
      (woken) => woken.length === 2,
    );
    expect(world.woken).toEqual(['a', 'c']);
    expect(world.listsAtFirstWake).toBe(1);
    world.servers = [server('b', 'ACTIVE')];
    await eventually(
      () => world.woken,
      (woken) => woken.includes('b'),
    );
  });

  it('lists from before the oldest wait, since clocks differ', async () => {
    const world = new FakeWorld();
    const oldest = new Date(Date.now() - 20_000);
    world.waits = [wait('a'), wait('b', { built: true }, oldest)];
    watch(world);
    await eventually(
      () => world.lists,
      (lists) => lists.length > 0,
    );
    expect(world.lists[0]?.changesSince?.getTime()).toBe(oldest.getTime() - 60_000);
  });

  it('writes what it sees once, and again only when it changed', async () => {
    const world = new FakeWorld();
    world.waits = [wait('a')];
    world.servers = [server('a', 'BUILD', 'scheduling')];
    watch(world);
    await eventually(
      () => world.lists,
      (lists) => lists.length > 5,
    );
    expect(world.written).toHaveLength(1);
    world.servers = [server('a', 'BUILD', 'spawning')];
    await eventually(
      () => world.written,
      (written) => written.length > 1,
    );
    expect(world.written.map((seen) => seen.taskState)).toEqual(['scheduling', 'spawning']);
  });

  it('has lanes see anew what it wrote, also when the mark was lost at first', async () => {
    const world = new FakeWorld();
    world.waits = [wait('a')];
    world.servers = [server('a', 'BUILD', 'scheduling')];
    world.marksLost = 2;
    watch(world);
    await eventually(
      () => world.marks,
      (marks) => marks > 0,
    );
    expect(world.written).toHaveLength(3);
    const lists = world.lists.length;
    await eventually(
      () => world.lists,
      (all) => all.length > lists + 3,
    );
    expect(world.marks).toBe(1);
  });

  it('keeps in mind only what is still listed', async () => {
    const world = new FakeWorld();
    world.waits = [wait('a'), wait('b')];
    world.servers = [server('a', 'BUILD', 'scheduling'), server('b', 'BUILD', 'scheduling')];
    watch(world);
    await eventually(
      () => world.written,
      (written) => written.length === 2,
    );
    world.servers = [server('b', 'BUILD', 'scheduling')];
    const lists = world.lists.length;
    await eventually(
      () => world.lists,
      (all) => all.length > lists + 2,
    );
    world.servers = [server('a', 'BUILD', 'scheduling'), server('b', 'BUILD', 'scheduling')];
    await eventually(
      () => world.written,
      (written) => written.length === 3,
    );
    expect(world.written.at(-1)?.openstackId).toBe('server-of-a');
  });

  it('takes neither a server that is missing nor one of a cell that is down for gone', async () => {
    const world = new FakeWorld();
    world.waits = [
      wait('missing', { gone: true }),
      wait('down', { gone: true }),
      wait('gone', { gone: true }),
    ];
    world.servers = [{ id: 'server-of-down', status: 'UNKNOWN' }, server('gone', 'DELETED')];
    watch(world);
    await eventually(
      () => world.lists,
      (lists) => lists.length > 5,
    );
    expect(world.woken).toEqual(['gone']);
  });

  it('asks a cluster nothing when nobody waits, when it is another group’s, or when another process asks', async () => {
    const idle = new FakeWorld();
    watch(idle);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await watcher?.stop();
    expect(idle.lists).toEqual([]);

    const foreign = new FakeWorld();
    foreign.waits = [wait('a')];
    foreign.groups.set('c1', 'other');
    watch(foreign);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await watcher?.stop();
    expect(foreign.lists).toEqual([]);

    const second = new FakeWorld();
    second.waits = [wait('a')];
    watch(second, { locks: { using: async () => ({ ran: false }) } });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(second.lists).toEqual([]);
  });

  it('goes on after the cluster failed', async () => {
    const world = new FakeWorld();
    world.waits = [wait('a')];
    world.servers = [server('a', 'ACTIVE')];
    world.failing = true;
    watch(world);
    await eventually(
      () => world.lists,
      (lists) => lists.length > 2,
    );
    world.failing = false;
    await eventually(
      () => world.woken,
      (woken) => woken.length === 1,
    );
  });
});
