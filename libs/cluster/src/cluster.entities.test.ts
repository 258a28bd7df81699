import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clusterEntities } from './cluster.entities.js';
import { type TestRegistry, testRegistry } from './testing/registry.fixture.js';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await testRegistry();
}, 300_000);
afterAll(() => registry.close());

describe('the entities', () => {
  it.each(clusterEntities.map((entity) => [entity.name, entity] as const))(
    '%s has the columns of its table',
    async (_, entity) => {
      const { read, source } = registry.database;
      const { tableName, columns } = source.getMetadata(entity);
      const rows = await read.query<{ name: string; nullable: string }[]>(
        `SELECT column_name AS name, is_nullable AS nullable FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name = ?`,
        [tableName],
      );
      const described = columns.map((column) => `${column.databaseName} ${column.isNullable ? 'YES' : 'NO'}`);
      expect(described.toSorted()).toEqual(rows.map((row) => `${row.name} ${row.nullable}`).toSorted());
    },
  );
});
