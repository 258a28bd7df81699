import { newId } from '@ultron/kernel/id';
import { testDatabase } from '@ultron/dev/test-datastores';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { type EntityClass, type MigrationClass, openDatabase } from '@ultron/platform/database/open-database';
import { syncMigrations } from '@ultron/sync/sync.migrations';
import type { Dimensions } from '../capacity/capacity.js';
import { clusterEntities } from '../cluster.entities.js';
import { assign } from '../sql/assignment.js';
import { clusterMigrations } from '../cluster.migrations.js';

export interface TestRegistry {
  url: string;
  database: Database;
  idcId: string;
  groupId: string;
  close(): Promise<void>;
}

/** An empty database with the registry's tables, one IDC `east` and one conductor group `default`. */
export async function testRegistry(
  entities: readonly EntityClass[] = [],
  migrations: readonly MigrationClass[] = [],
): Promise<TestRegistry> {
  const { url, drop } = await testDatabase();
  const options = {
    url,
    entities: [...clusterEntities, ...entities],
    // Lanes go with their cluster to another conductor group.
    migrations: [...migrations, ...clusterMigrations, ...syncMigrations],
  };
  await migrate(options);
  const database = await openDatabase(options);
  const [idcId, groupId] = [newId(), newId()];
  const insert = (table: string, id: string, name: string) =>
    database.read.query(`INSERT INTO ${table} (id, name, created_at) VALUES (?, ?, UTC_TIMESTAMP(6))`, [
      id,
      name,
    ]);
  await insert('idc', idcId, 'east');
  await insert('conductor_group', groupId, 'default');
  const close = async () => {
    await database.close();
    await drop();
  };
  return { url, database, idcId, groupId, close };
}

/** A cluster that was probed and has this much room; returns its id. */
export async function addCluster(
  { database, idcId, groupId }: TestRegistry,
  name: string,
  total: Dimensions,
): Promise<string> {
  const id = newId();
  const insert = (table: string, columns: object) => {
    const { sql, values } = assign(columns);
    return database.read.query(`INSERT INTO ${table} SET ${sql}`, values);
  };
  await insert('cluster', {
    id,
    name,
    idc_id: idcId,
    conductor_group_id: groupId,
    auth_url: 'http://127.0.0.1:1/v3',
    credential: JSON.stringify({ kind: 'password', keyId: '', iv: '', tag: '', data: '' }),
    probe_status: 'ok',
    created_at: new Date(),
    updated_at: new Date(),
  });
  await insert('cluster_capacity', {
    cluster_id: id,
    hosts: 1,
    vcpus: total.vcpus,
    ram_mb: total.ramMb,
    disk_gb: total.diskGb,
    observed_at: new Date(),
  });
  return id;
}

/** Room for so many servers of 1 vCPU, 2048 MiB and 20 GiB. */
export const roomFor = (servers: number): Dimensions => ({
  vcpus: servers,
  ramMb: servers * 2048,
  diskGb: servers * 20,
});
