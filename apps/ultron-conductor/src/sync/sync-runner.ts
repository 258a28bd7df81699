import type { Database } from '@ultron/platform/database/database.service';
import { openDatabase } from '@ultron/platform/database/open-database';
import { entities } from '@ultron/schema/entities';
import { MEMBER_TTL_MS } from '@ultron/sync/membership/membership.rules';
import type { SyncEngine } from '@ultron/sync/engine/sync-engine';
import type { ClusterSync } from './cluster-sync.js';
import { syncWork, type SyncWorkParts } from './sync-work.js';

export type SyncRunnerParts = Omit<SyncWorkParts, 'database'> & { databaseUrl: string };

/** Passes that write at once wait for each other here, and for nobody else. */
const CONNECTIONS = 10;
/** Whoever takes the lanes of a conductor that is not heard finds none of them locked by it. */
const SILENCE_S = MEMBER_TTL_MS / 1_000;

/** The sync engine with connections of its own to the database: tasks never wait for those that passes hold. */
export class SyncRunner {
  private running: { database: Database; engine: SyncEngine<ClusterSync> } | undefined;

  constructor(private readonly parts: SyncRunnerParts) {}

  /** @throws Fault `database_unavailable` */
  async start(): Promise<void> {
    const database = await openDatabase({
      url: this.parts.databaseUrl,
      entities,
      poolSize: CONNECTIONS,
      silenceS: SILENCE_S,
    });
    const engine = syncWork({ ...this.parts, database });
    this.running = { database, engine };
    engine.start();
  }

  async stop(): Promise<void> {
    await this.running?.engine.stop();
    await this.running?.database.close();
  }
}
