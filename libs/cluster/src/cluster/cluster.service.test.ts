import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { TaskRepository } from '@ultron/tasks/task/task.repository';
import { tasksEntities } from '@ultron/tasks/tasks.entities';
import { platformMigrations } from '@ultron/platform/platform.migrations';
import { tasksMigrations } from '@ultron/tasks/tasks.migrations';
import { CapacityRepository } from '../capacity/capacity.repository.js';
import { ConductorGroupRepository } from '../conductor-group/conductor-group.repository.js';
import { CredentialCipher } from '../credential/credential-cipher.js';
import { IdcRepository } from '../idc/idc.repository.js';
import { InventoryRepository } from '../inventory/inventory.repository.js';
import { RefreshRepository } from '../refresh/refresh.repository.js';
import { roomFor, type TestRegistry, testRegistry } from '../testing/registry.fixture.js';
import { ClusterConnectionRepository } from './cluster-connection.repository.js';
import { ClusterObservations } from './cluster-observation.service.js';
import { ClusterReprobes } from './cluster-reprobe.service.js';
import type { ClusterUse } from './cluster-use.js';
import { ClusterRepository } from './cluster.repository.js';
import { ClusterService } from './cluster.service.js';
import type { ClusterChanges, NewCluster } from './cluster.types.js';

const origin = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', traceparent: '', projectId: null };
const anyVersion = () => undefined;
const secret = 'hunter2';

let registry: TestRegistry;
let service: ClusterService;
let observations: ClusterObservations;
let reprobes: ClusterReprobes;
let serversThere = 0;
const rung: string[] = [];

beforeAll(async () => {
  registry = await testRegistry(tasksEntities, [...platformMigrations, ...tasksMigrations]);
  const { database } = registry;
  const cipher = new CredentialCipher([randomBytes(32)]);
  const [clusters, capacities, inventories] = [
    new ClusterRepository(),
    new CapacityRepository(),
    new InventoryRepository(),
  ];
  const rows = new TaskRepository();
  const tasks = {
    createMany: (...given: Parameters<TaskRepository['insertMany']>) => rows.insertMany(...given),
    moveToGroup: (...given: Parameters<TaskRepository['moveToGroup']>) => rows.moveToGroup(...given),
    ring: (given: readonly { id: string }[]) => void rung.push(...given.map((task) => task.id)),
  };
  const use: ClusterUse = {
    countServers: () => Promise.resolve(serversThere),
    countSegments: () => Promise.resolve(0),
  };
  service = new ClusterService(
    database,
    clusters,
    new IdcRepository(),
    new ConductorGroupRepository(),
    capacities,
    inventories,
    new RefreshRepository(),
    cipher,
    tasks,
    use,
    new LaneRepository(),
  );
  const connections = new ClusterConnectionRepository();
  observations = new ClusterObservations(database, clusters, connections, capacities, inventories, cipher);
  reprobes = new ClusterReprobes(database, clusters, tasks);
}, 300_000);
afterAll(() => registry.close());

const asked = (changes: Partial<NewCluster> = {}): NewCluster => ({
  name: `c-${newId()}`,
  idc: 'east',
  conductorGroup: 'default',
  authUrl: 'http://keystone.test:5000/v3',
  credential: {
    kind: 'password',
    username: 'ultron',
    password: secret,
    projectName: 'p',
    userDomainName: 'Default',
    projectDomainName: 'Default',
  },
  ...changes,
});

const register = (changes: Partial<NewCluster> = {}) =>
  registry.database.transaction((tx) => service.register(tx, asked(changes), origin));
const update = (id: string, changes: ClusterChanges, guard: (version: number) => void = anyVersion) =>
  registry.database.transaction((tx) => service.update(tx, id, changes, guard, origin));

const found = () => ({
  release: 'zed',
  inventory: {
    services: [{ serviceType: 'compute', endpoint: 'http://nova', minVersion: '2.1', maxVersion: '2.93' }],
    extensions: ['port-security', 'qos'],
    capabilities: ['port_tags'],
    availabilityZones: [{ name: 'nova', available: true }],
  },
  capacity: { hosts: 2, servers: 1, total: roomFor(10), used: roomFor(1) },
});

async function storedTask(id: string | undefined): Promise<Record<string, unknown> | undefined> {
  const [row] = await registry.database.read.query<Record<string, unknown>[]>(
    'SELECT * FROM task WHERE id = ?',
    [id],
  );
  return row;
}

async function recordProbe(id: string, connectionVersion: number): Promise<boolean> {
  const startedAt = await observations.now();
  return registry.database.transaction((tx) =>
    observations.recordProbe(tx, id, connectionVersion, found(), startedAt),
  );
}

describe('registering', () => {
  it('writes the cluster and the task that probes it together', async () => {
    const { cluster, task } = await register();
    expect(cluster).toMatchObject({
      state: 'enabled',
      idc: { name: 'east' },
      conductorGroup: { name: 'default' },
      probe: { status: 'pending' },
      credentialKind: 'password',
      capacity: null,
    });
    expect(task).toMatchObject({
      kind: 'cluster.probe',
      domain: 'cluster',
      conductorGroup: 'default',
      input: { cluster_id: cluster.id, connection_version: 1 },
    });
    expect(await storedTask(task?.id)).toMatchObject({ kind: 'cluster.probe', status: 'queued' });
  });

  it('keeps the credential where only a conductor sees it', async () => {
    const { cluster } = await register();
    expect(JSON.stringify(await service.get(cluster.id))).not.toContain(secret);
    const [row] = await registry.database.read.query<object[]>('SELECT * FROM cluster WHERE id = ?', [
      cluster.id,
    ]);
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(await observations.connection(cluster.id)).toMatchObject({ credential: { password: secret } });
  });

  it('refuses a second of the same name and unknown places, all at once', async () => {
    const { cluster } = await register();
    await expect(register({ name: cluster.name })).rejects.toMatchObject({ code: 'cluster_name_taken' });
    const refused = register({ idc: 'moon', conductorGroup: 'nobody' });
    await expect(refused).rejects.toMatchObject({
      code: 'unknown_reference',
      fields: [{ pointer: '/idc' }, { pointer: '/conductor_group' }],
    });
  });
});

describe('what a probe found', () => {
  it('is shown, and makes the cluster schedulable', async () => {
    const { cluster } = await register();
    expect(await recordProbe(cluster.id, 1)).toBe(true);
    const seen = await service.get(cluster.id);
    expect(seen).toMatchObject({ releaseName: 'zed', probe: { status: 'ok', fault: null } });
    expect(seen.inventory).toEqual(found().inventory);
    expect(seen.capacity).toMatchObject({ hosts: 2, total: roomFor(10), used: roomFor(1) });
  });

  it('adds to what an operator declares of it, and takes nothing of that away', async () => {
    const { cluster } = await register({ capabilities: ['local_disk', 'port_tags'] });
    await recordProbe(cluster.id, 1);
    await update(cluster.id, { capabilities: ['local_disk'] });
    await recordProbe(cluster.id, 1);
    const seen = await service.get(cluster.id);
    expect(seen.inventory.capabilities).toEqual(['local_disk', 'port_tags']);
    expect(seen.declaredCapabilities).toEqual(['local_disk']);
  });

  it('is dropped when the registration was changed meanwhile', async () => {
    const { cluster } = await register();
    await update(cluster.id, { authUrl: 'http://other.test/v3' });
    expect(await recordProbe(cluster.id, 1)).toBe(false);
    expect(await service.get(cluster.id)).toMatchObject({ probe: { status: 'pending' }, capacity: null });
  });

  it('is a fault when it failed, and the cluster that did not answer is probed again by itself', async () => {
    const { cluster } = await register();
    const fault = {
      code: 'cluster_timeout',
      category: 'unavailable',
      detail: 'no',
      retryable: false,
    } as const;
    await registry.database.transaction((tx) =>
      observations.recordProbeFault(tx, cluster.id, 1, { ...fault, who_can_fix: 'operator' }),
    );
    expect(await service.get(cluster.id)).toMatchObject({ probe: { status: 'failed', fault } });
    expect(await reprobes.begin('default', 60_000, origin)).toBe(0);
    expect(await reprobes.begin('elsewhere', 0, origin)).toBe(0);
    expect(await reprobes.begin('default', 0, origin)).toBe(1);
    expect(rung).toHaveLength(1);
    expect(await service.get(cluster.id)).toMatchObject({ probe: { status: 'pending' } });
  });
});

describe('outages', () => {
  it('count in a row, make the cluster unreachable, and end with an answer', async () => {
    const { cluster } = await register();
    for (let outage = 0; outage < 3; outage++) {
      expect((await service.get(cluster.id)).health.reachable).toBe(true);
      await observations.recordOutage(cluster.id, 'compute: refused');
    }
    const { health } = await service.get(cluster.id);
    expect(health).toMatchObject({ reachable: false, outages: 3, detail: 'compute: refused' });
    expect(health.outageSince).toBeInstanceOf(Date);
    const capacity = found().capacity;
    const startedAt = await observations.now();
    await registry.database.transaction((tx) =>
      observations.recordCapacity(tx, cluster.id, capacity, startedAt),
    );
    expect((await service.get(cluster.id)).health).toMatchObject({
      reachable: true,
      outages: 0,
      outageSince: null,
    });
  });
});

describe('changing', () => {
  it('probes anew when the way to the cluster changed, and only then', async () => {
    const { cluster } = await register();
    await recordProbe(cluster.id, 1);
    const drained = await update(cluster.id, { state: 'draining', stateReason: 'old hardware' });
    expect(drained).toMatchObject({
      task: null,
      cluster: { state: 'draining', stateReason: 'old hardware', version: 2, probe: { status: 'ok' } },
    });
    const moved = await update(cluster.id, {
      credential: { kind: 'application_credential', id: 'a', secret: 's' },
    });
    expect(moved.task).toMatchObject({ input: { connection_version: 2 } });
    expect(moved.cluster).toMatchObject({ version: 3, credentialKind: 'application_credential' });
    expect(moved.cluster.probe.status).toBe('pending');
    expect(moved.cluster.stateReason).toBe('old hardware');
  });

  it('takes the open tasks of a cluster along to another conductor group, and no others', async () => {
    const [moved, other] = [await register(), await register()];
    const { read } = registry.database;
    await read.query(
      `INSERT INTO conductor_group (id, name, created_at) VALUES (?, 'elsewhere', UTC_TIMESTAMP(6))`,
      [newId()],
    );
    await read.query(`UPDATE task SET status = 'stuck', due_at = NULL WHERE id = ?`, [other.task?.id]);
    const again = await registry.database.transaction((tx) => service.probe(tx, other.cluster.id, origin));
    await update(moved.cluster.id, { conductorGroup: 'elsewhere' });
    expect(await storedTask(moved.task?.id)).toMatchObject({ conductor_group: 'elsewhere', version: 2 });
    expect(await storedTask(other.task?.id)).toMatchObject({ conductor_group: 'default' });
    await update(other.cluster.id, { conductorGroup: 'elsewhere' });
    for (const { task } of [other, again]) {
      expect(await storedTask(task?.id)).toMatchObject({ conductor_group: 'elsewhere' });
    }
  });

  it('follows the table of states', async () => {
    const { cluster } = await register();
    await update(cluster.id, { state: 'down', stateReason: 'fire' });
    await expect(update(cluster.id, { state: 'enabled' })).rejects.toMatchObject({
      code: 'cluster_state',
      category: 'conflict',
    });
    const back = await update(cluster.id, { state: 'maintenance' });
    expect(back.cluster).toMatchObject({ state: 'maintenance', stateReason: null });
  });

  it('changes nothing when the caller expected another version', async () => {
    const { cluster } = await register();
    const guard = (version: number) => {
      if (version !== 7) throw new Error('stale');
    };
    await expect(update(cluster.id, { name: 'other' }, guard)).rejects.toThrow('stale');
    expect(await service.get(cluster.id)).toMatchObject({ name: cluster.name, version: 1 });
  });

  it('says so when there is no such cluster', async () => {
    await expect(update(newId(), { state: 'down' })).rejects.toMatchObject({ code: 'cluster_not_found' });
  });
});

describe('removing', () => {
  it('waits until no server is there', async () => {
    const { cluster } = await register();
    serversThere = 2;
    await expect(service.remove(cluster.id, anyVersion)).rejects.toMatchObject({ code: 'cluster_in_use' });
    serversThere = 0;
    await recordProbe(cluster.id, 1);
    await service.remove(cluster.id, anyVersion);
    await expect(service.get(cluster.id)).rejects.toMatchObject({ code: 'cluster_not_found' });
  });
});

describe('listing', () => {
  it('pages by name without losing or doubling a cluster', async () => {
    const names = ['p-a', 'p-b', 'p-c'];
    for (const name of names) await register({ name });
    const first = await service.list({ idc: 'east' }, { limit: 1000, sort: 'name', order: 'asc' });
    expect(first.map((cluster) => cluster.name)).toEqual(first.map((cluster) => cluster.name).toSorted());
    const after = first.find((cluster) => cluster.name === 'p-a');
    const rest = await service.list(
      { conductorGroup: 'default', state: 'enabled' },
      { limit: 1, sort: 'name', order: 'asc', after: { value: 'p-a', id: after?.id ?? '' } },
    );
    expect(rest.map((cluster) => cluster.name)).toEqual(['p-b', 'p-c']);
  });
});
