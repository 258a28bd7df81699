import mysql2 from 'mysql2';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';
import { databaseUnavailable, isConnectionLoss } from './database.errors.js';
import { Database } from './database.service.js';
import { Sessions, type ConnectionPool } from './sessions.js';

export type EntityClass = (new (...args: never[]) => object) | EntitySchema;
export type MigrationClass = new () => MigrationInterface;

export interface DatabaseOptions {
  /** `mysql://user:password@host:port/name` */
  url: string;
  /** Connections of this process. */
  poolSize?: number | undefined;
  /**
   * Whole seconds. For so long a transaction keeps its locks when nothing more is heard of this process; 10 when it is
   * not given. A process that lives must not let more pass between two statements of a transaction.
   */
  silenceS?: number | undefined;
  entities: readonly EntityClass[];
  migrations?: readonly MigrationClass[] | undefined;
}

const DEFAULT_POOL = 20;
/** As long as the lease of a task: who was not heard for so long has lost it anyway. */
const DEFAULT_SILENCE_S = 10;

/**
 * Connects; the returned object owns a pool.
 * @throws Fault `database_unavailable`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const source = new DataSource({
    type: 'mariadb',
    driver: mysql2,
    url: options.url,
    charset: 'utf8mb4_unicode_ci',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    synchronize: false,
    migrationsRun: false,
    entities: [...options.entities],
    migrations: [...(options.migrations ?? [])],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'none',
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    extra: { connectionLimit: options.poolSize ?? DEFAULT_POOL, enableKeepAlive: true },
  });
  try {
    await source.initialize();
    const { pool } = source.driver as unknown as { pool: ConnectionPool };
    return new Database(source, await Sessions.open(pool, options.silenceS ?? DEFAULT_SILENCE_S));
  } catch (error) {
    throw isConnectionLoss(error) ? databaseUnavailable(error) : error;
  }
}
