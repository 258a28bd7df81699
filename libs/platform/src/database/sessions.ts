/** A connection of a pool of mysql2, as far as it is used here. */
export interface PooledConnection {
  on(event: 'error', listener: () => void): void;
  query(sql: string, done: (error: Error | null) => void): void;
  ping(done: (error: Error | null) => void): void;
  release(): void;
}

export interface ConnectionPool {
  getConnection(done: (error: Error | null, connection: PooledConnection) => void): void;
  on(event: 'connection' | 'acquire' | 'release', listener: (connection: PooledConnection) => void): void;
}

// Set once per connection: naming the level on each transaction would cost a round trip every time.
const READ_COMMITTED = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED';
/** Idle connections are heard of so many times within the silence that they are allowed. */
const PINGS = 4;

/**
 * The sessions of a pool. A process that is stopped in the middle of a transaction, or whose machine is lost, must not
 * keep its locks: the database breaks a connection that leaves a transaction without a statement for `silenceS` seconds,
 * and undoes the transaction. MySQL has a clock for connections only, not for transactions, so there those that are not
 * in use are pinged; those in use are not, so that both databases do the same.
 */
export class Sessions {
  private readonly idle = new Set<PooledConnection>();
  private readonly limit: string;
  private readonly timer: NodeJS.Timeout;

  private constructor(pool: ConnectionPool, silenceS: number) {
    // Each database takes the comment that is not for it as a comment.
    this.limit = `SET @ultron = 1 /*M!100300 , SESSION idle_transaction_timeout = ${silenceS} */ /*!80000 , SESSION wait_timeout = ${silenceS} */`;
    // What was granted once is refused later only because the connection is lost, and then its user hears of it.
    pool.on('connection', (connection) => void this.begin(connection).catch(() => undefined));
    pool.on('acquire', (connection) => this.idle.delete(connection));
    pool.on('release', (connection) => this.idle.add(connection));
    this.timer = setInterval(() => this.ping(), (silenceS * 1_000) / PINGS).unref();
  }

  /** The pool may have one connection already: it is told the same. */
  static async open(pool: ConnectionPool, silenceS: number): Promise<Sessions> {
    const sessions = new Sessions(pool, silenceS);
    try {
      const connection = await firstOf(pool);
      await sessions.begin(connection);
      connection.release();
      return sessions;
    } catch (error) {
      sessions.close();
      throw error;
    }
  }

  close(): void {
    clearInterval(this.timer);
    this.idle.clear();
  }

  /** Goes before whatever the connection was made for. */
  private begin(connection: PooledConnection): Promise<void> {
    // The pool drops a connection at its first error; a second one must not end the process.
    connection.on('error', () => this.idle.delete(connection));
    return new Promise((resolve, reject) => {
      connection.query(READ_COMMITTED, (refused) => {
        if (refused) reject(refused);
      });
      connection.query(this.limit, (refused) => (refused ? reject(refused) : resolve()));
    });
  }

  private ping(): void {
    for (const connection of this.idle) {
      connection.ping((lost) => {
        if (lost) this.idle.delete(connection);
      });
    }
  }
}

function firstOf(pool: ConnectionPool): Promise<PooledConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
  });
}
