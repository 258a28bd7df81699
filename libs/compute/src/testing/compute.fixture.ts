import {
  addCluster,
  roomFor,
  testRegistry,
  type TestRegistry,
} from '@ultron/cluster/testing/registry.fixture';
import { CapacityRepository } from '@ultron/cluster/capacity/capacity.repository';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import { SchedulerService } from '@ultron/cluster/scheduler/scheduler.service';
import { networkEntities } from '@ultron/network/network.entities';
import { networkMigrations } from '@ultron/network/network.migrations';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { PortRepository } from '@ultron/network/port/port.repository';
import { IdempotencyRepository } from '@ultron/platform/idempotency/idempotency.repository';
import { Idempotency } from '@ultron/platform/idempotency/idempotency.service';
import { platformEntities } from '@ultron/platform/platform.entities';
import { platformMigrations } from '@ultron/platform/platform.migrations';
import { securityGroupEntities } from '@ultron/security-group/security-group.entities';
import { securityGroupMigrations } from '@ultron/security-group/security-group.migrations';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import { TaskRepository } from '@ultron/tasks/task/task.repository';
import type { TaskService } from '@ultron/tasks/task/task.service';
import type { TaskRef } from '@ultron/tasks/task/task.types';
import { tasksEntities } from '@ultron/tasks/tasks.entities';
import { tasksMigrations } from '@ultron/tasks/tasks.migrations';
import { computeEntities } from '../compute.entities.js';
import { computeMigrations } from '../compute.migrations.js';
import { FlavorRepository } from '../flavor/flavor.repository.js';
import { ImageRepository } from '../image/image.repository.js';
import { KeyPairRepository } from '../key-pair/key-pair.repository.js';
import { OfferService } from '../offer/offer.service.js';
import { SchedulingDecisionRepository } from '../scheduling-decision/scheduling-decision.repository.js';
import { OrderPlacement } from '../server/order-placement.js';
import { ServerCreateService } from '../server/server-create.service.js';
import { ServerOrderService } from '../server/server-order.service.js';
import { ServerRepository } from '../server/server.repository.js';
import { ServerService } from '../server/server.service.js';
import { serverAddressParts, type ServerAddressParts } from './server-addresses.fixture.js';

export interface TestCompute {
  registry: TestRegistry;
  offers: OfferService;
  creations: ServerCreateService;
  /** As another process of the API would have it. */
  newCreations(): ServerCreateService;
  servers: ServerService;
  serverRows: ServerRepository;
  idempotency: Idempotency;
  parts: ServerAddressParts;
  /** The ids of the tasks that were rung. */
  rung: string[];
  /** A probed cluster with flavor `small` (1/2048/20), image `cirros`, network `private` and group `default`. */
  addCluster(name: string, servers: number): Promise<string>;
  count(table: string, where?: string): Promise<number>;
  close(): Promise<void>;
}

/** The tables and services of servers on a fresh database; nobody runs the tasks. */
export async function testCompute(): Promise<TestCompute> {
  const registry = await testRegistry(
    [...platformEntities, ...tasksEntities, ...securityGroupEntities, ...networkEntities, ...computeEntities],
    [
      ...platformMigrations,
      ...tasksMigrations,
      ...securityGroupMigrations,
      ...networkMigrations,
      ...computeMigrations,
    ],
  );
  const { database } = registry;
  const rows = new TaskRepository();
  const rung: string[] = [];
  const tasks = {
    createMany: (...given: Parameters<TaskRepository['insertMany']>) => rows.insertMany(...given),
    requestCancel: (...given: Parameters<TaskRepository['requestCancel']>) => rows.requestCancel(...given),
    ring: (given: readonly TaskRef[]) => void rung.push(...given.map((task) => task.id)),
  } as unknown as TaskService;
  const [flavors, images, networks, groups] = [
    new FlavorRepository(),
    new ImageRepository(),
    new NetworkRepository(),
    new SecurityGroupRepository(),
  ];
  const facts = new FactsRepository();
  const offers = new OfferService(database, flavors, images, networks, groups, facts);
  const scheduler = new SchedulerService(new CapacityRepository(), facts);
  const idempotency = new Idempotency(database, new IdempotencyRepository());
  const serverRows = new ServerRepository();
  const parts = serverAddressParts(database, tasks);
  const newCreations = () =>
    new ServerCreateService(
      database,
      new ServerOrderService(database, offers, new KeyPairRepository(), parts.nicFinder),
      scheduler,
      idempotency,
      serverRows,
      new SchedulingDecisionRepository(),
      tasks,
      new OrderPlacement(scheduler, parts.serverAddresses),
      parts.nicRows,
    );
  return {
    parts,
    registry,
    offers,
    creations: newCreations(),
    newCreations,
    servers: new ServerService(database, serverRows, new PortRepository(), offers, tasks, parts.nicRows),
    serverRows,
    idempotency,
    rung,
    addCluster: async (name, servers) => {
      const id = await addCluster(registry, name, roomFor(servers));
      const small = { openstackId: '1', name: 'small', vcpus: 1, ramMb: 2048, diskGb: 20, fits: null };
      await database.transaction(async (tx) => {
        await flavors.apply(tx, id, [small]);
        await images.apply(tx, id, [
          { openstackId: `img-${name}`, name: 'cirros', minDiskGb: 0, minRamMb: 0 },
        ]);
        await networks.apply(tx, id, [{ openstackId: `net-${name}`, name: 'private', external: false }]);
        await groups.apply(tx, id, [{ openstackId: `sg-${name}`, name: 'default' }]);
      });
      return id;
    },
    count: async (table, where = '1 = 1') => {
      const [row] = await database.read.query<{ n: number | string }[]>(
        `SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`,
      );
      return Number(row?.n);
    },
    close: () => registry.close(),
  };
}
