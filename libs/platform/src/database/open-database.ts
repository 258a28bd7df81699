import mysql2 from 'mysql2';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';
import { databaseUnavailable, isConnectionLoss } from './database.errors.js';
import { Database } from './database.service.js';

export type EntityClass = (new (...args: never[]) => object) | EntitySchema;
export type MigrationClass = new () => MigrationInterface;

export interface DatabaseOptions {
  /** `mysql://user:password@host:port/name` */
  url: string;
  /** Connections of this process. */
  poolSize?: number | undefined;
  entities: readonly EntityClass[];
  migrations?: readonly MigrationClass[] | undefined;
}

const DEFAULT_POOL = 20;
const SESSION = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';
/**
 * A process that is stopped in the middle of a transaction must not keep its locks: after ten seconds without a
 * statement MariaDB breaks the connection. MySQL knows nothing of the kind, and ignores the comment.
 */
const IDLE_TRANSACTION = 'SET @ultron = 1 /*M!100300 , SESSION idle_transaction_timeout = 10 */';

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
    await setSessions(source);
  } catch (error) {
    throw isConnectionLoss(error) ? databaseUnavailable(error) : error;
  }
  return new Database(source);
}

interface Pool {
  on(event: 'connection', listener: (connection: { query(sql: string): void }) => void): void;
}

// Set once per connection: naming the level on each transaction would cost a round trip every time.
async function setSessions(source: DataSource): Promise<void> {
  const { pool } = source.driver as unknown as { pool: Pool };
  pool.on('connection', (connection) => {
    connection.query(SESSION);
    connection.query(IDLE_TRANSACTION);
  });
  // The pool holds exactly the one connection on which TypeORM asked for the version.
  await source.query(SESSION);
  await source.query(IDLE_TRANSACTION);
}
