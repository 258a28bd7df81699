import { openDatabase, type DatabaseOptions } from './open-database.js';

const LOCK = 'ultron.migrate';
const LOCK_WAIT_S = 120;
/** The connection that holds the lock says nothing while another migrates. */
const SILENCE_S = 86_400;

/**
 * Brings the schema up to date and returns the names of the migrations that ran. Of several processes that start at
 * once one migrates and the others wait for it.
 */
export async function migrate(options: DatabaseOptions): Promise<string[]> {
  const database = await openDatabase({ ...options, silenceS: SILENCE_S });
  const guard = database.source.createQueryRunner();
  try {
    await takeLock((sql, values) => guard.query(sql, values) as Promise<{ locked: number | null }[]>);
    const ran = await database.source.runMigrations({ transaction: 'none' });
    return ran.map((migration) => migration.name);
  } finally {
    // The lock goes with its connection.
    await guard.release();
    await database.close();
  }
}

type Query = (sql: string, values: unknown[]) => Promise<{ locked: number | null }[]>;

async function takeLock(query: Query): Promise<void> {
  const rows = await query('SELECT GET_LOCK(CONCAT(?, LEFT(SHA2(DATABASE(), 256), 40)), ?) AS locked', [
    LOCK.slice(0, 20),
    LOCK_WAIT_S,
  ]);
  if (rows[0]?.locked !== 1) throw new Error(`another process has been migrating for over ${LOCK_WAIT_S} s`);
}
