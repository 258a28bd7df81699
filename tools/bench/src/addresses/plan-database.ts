import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivatePair } from '@ultron/dev/datastores/private-pair';
import { readDevConfig } from '@ultron/dev/dev.config';
import { addressPlanEntities } from '@ultron/network/address-plan/address-plan.entities';
import { addressPlanMigrations } from '@ultron/network/address-plan/address-plan.migrations';
import { realisationMigrations } from '@ultron/network/realisation/realisation.migrations';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';

export interface PlanDatabase {
  url: string;
  database: Database;
  stop(): Promise<void>;
}

/** A database that survives a crash, as in production, in a folder that goes away; nothing but the plan is in it. */
export async function startPlanDatabase(connections: number): Promise<PlanDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'ultron-bench-addresses-'));
  const { cacheDir, datastoreSources: sources } = readDevConfig();
  const pair = await startPrivatePair({ folder, cacheDir, sources, fast: false });
  const migrations = [...addressPlanMigrations, ...realisationMigrations];
  const options = { url: pair.databaseUrl, entities: addressPlanEntities, migrations };
  await migrate(options);
  const database = await openDatabase({ ...options, poolSize: connections });
  return {
    url: pair.databaseUrl,
    database,
    stop: async () => {
      await database.close();
      await pair.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
