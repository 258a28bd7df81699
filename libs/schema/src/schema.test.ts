import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@ultron/dev/test-datastores';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';
import { entities } from './entities.js';
import { migrations } from './migrations.js';

interface Column {
  name: string;
  nullable: boolean;
}

describe('the schema', () => {
  let server: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    server = await testDatabase();
    await migrate({ url: server.url, entities, migrations });
    database = await openDatabase({ url: server.url, entities, migrations });
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  const tables = async (): Promise<string[]> => {
    const rows = (await database.read.query(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY CAST(table_name AS BINARY)',
    )) as { name: string }[];
    return rows.map(({ name }) => name).filter((name) => name !== 'migration');
  };

  const columnsOf = async (table: string): Promise<Column[]> => {
    const rows = (await database.read.query(
      `SELECT column_name AS name, is_nullable AS nullable FROM information_schema.columns
        WHERE table_schema = DATABASE() AND table_name = ? ORDER BY CAST(column_name AS BINARY)`,
      [table],
    )) as { name: string; nullable: 'YES' | 'NO' }[];
    return rows.map(({ name, nullable }) => ({ name, nullable: nullable === 'YES' }));
  };

  it('has an entity for every table and a table for every entity', async () => {
    const mapped = database.source.entityMetadatas.map(({ tableName }) => tableName);
    expect(mapped.sort()).toEqual(await tables());
  });

  it('has the columns that the entities say', async () => {
    for (const { tableName, columns } of database.source.entityMetadatas) {
      const said = columns.map(({ databaseName, isNullable }) => ({
        name: databaseName,
        nullable: isNullable,
      }));
      said.sort((a, b) => (a.name < b.name ? -1 : 1));
      expect({ tableName, columns: said }).toEqual({ tableName, columns: await columnsOf(tableName) });
    }
  });

  it('keeps ids as ASCII and compares them byte by byte', async () => {
    const rows = (await database.read.query(
      `SELECT table_name AS name, column_name AS id FROM information_schema.columns
        WHERE table_schema = DATABASE() AND column_type = 'char(36)' AND collation_name <> 'ascii_bin'`,
    )) as unknown[];
    expect(rows).toEqual([]);
  });

  it('builds up in the order of its migrations', () => {
    const times = migrations.map((migration) => Number(/\d{13}$/.exec(migration.name)?.[0]));
    expect(times.every(Number.isInteger)).toBe(true);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(times.length);
  });

  it('is brought up once, however many processes try at once', async () => {
    const fresh = await testDatabase();
    const options = { url: fresh.url, entities, migrations };
    const ran = await Promise.all([migrate(options), migrate(options), migrate(options)]);
    expect(ran.map(({ length }) => length).sort((a, b) => a - b)).toEqual([0, 0, migrations.length]);
    await fresh.drop();
  }, 60_000);

  it('can be taken down, and up again', async () => {
    const before = await tables();
    for (const _ of migrations) await database.source.undoLastMigration({ transaction: 'none' });
    expect(await tables()).toEqual([]);
    await database.source.runMigrations({ transaction: 'none' });
    expect(await tables()).toEqual(before);
  }, 60_000);
});
