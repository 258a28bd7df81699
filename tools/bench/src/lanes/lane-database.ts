import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivatePair } from '@ultron/dev/datastores/private-pair';
import { readDevConfig } from '@ultron/dev/dev.config';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';
import { select } from '@ultron/platform/database/statement';
import { platformEntities } from '@ultron/platform/platform.entities';
import { platformMigrations } from '@ultron/platform/platform.migrations';
import { syncEntities } from '@ultron/sync/sync.entities';
import { syncMigrations } from '@ultron/sync/sync.migrations';

export const LANE_ENTITIES = [...platformEntities, ...syncEntities];

export interface LaneDatabase {
  url: string;
  query<T>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  database: Database;
  stop(): Promise<void>;
}

/** A database that survives a crash, as in production, with the tables of lanes alone. */
export async function startLaneDatabase(): Promise<LaneDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'ultron-bench-lanes-'));
  const { cacheDir, datastoreSources: sources } = readDevConfig();
  const pair = await startPrivatePair({ folder, cacheDir, sources, fast: false });
  const options = {
    url: pair.databaseUrl,
    entities: LANE_ENTITIES,
    migrations: [...platformMigrations, ...syncMigrations],
  };
  await migrate(options);
  const database = await openDatabase(options);
  return {
    url: pair.databaseUrl,
    database,
    query: (sql, values = []) => select(database.read, sql, values),
    stop: async () => {
      await database.close();
      await pair.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
