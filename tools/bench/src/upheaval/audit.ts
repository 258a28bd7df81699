import { newId } from '@ultron/kernel/id';
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';

/** A lane that got another owner, or lost it. */
export interface Switch {
  clusterId: string;
  kind: string;
  from: string | null;
  to: string | null;
  epoch: number;
  /** It went to another group, and is nobody's for now. */
  moved: boolean;
  /** By the clock of the database, which is that of this machine. */
  at: number;
}

export interface Writes {
  /** Of what was seen, or was not seen any more. */
  states: number;
  /** Of those: such that changed nothing. */
  doubled: number;
  /** Of those: by a conductor that did not own the lane. */
  byOthers: number;
  /** Hashes that were blotted out, which anybody may do: the owner then writes what it sees once more. */
  blotted: number;
}

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const KIND = 'VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin';
const NO_HASH = `REPEAT('\\0', 16)`;

/** With the conductor that owned the lane, if it was the one who wrote. */
const WRITES = `bench_write w LEFT JOIN bench_member m ON m.conductor_id = w.owner_id AND m.writer = w.writer`;

const TABLES = [
  `CREATE TABLE bench_write (
     number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, cluster_id ${ID} NOT NULL, kind ${KIND} NOT NULL,
     openstack_id VARCHAR(255) NOT NULL, hash BINARY(16) NOT NULL, same TINYINT NOT NULL, writer VARCHAR(80) NOT NULL,
     owner_id ${ID} NULL, epoch INT NULL, at DATETIME(6) NOT NULL)`,
  `CREATE TABLE bench_switch (
     number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, cluster_id ${ID} NOT NULL, kind ${KIND} NOT NULL,
     from_id ${ID} NULL, to_id ${ID} NULL, before_epoch INT NOT NULL, epoch INT NULL, moved TINYINT NOT NULL,
     at DATETIME(6) NOT NULL)`,
  `CREATE TABLE bench_member (conductor_id ${ID} NOT NULL PRIMARY KEY, writer VARCHAR(80) NOT NULL)`,
];

/** What a write of an object leaves behind: who wrote it, who owned the lane at that moment, and whether it was news. */
const writeOf = (same: string): string =>
  `INSERT INTO bench_write (cluster_id, kind, openstack_id, hash, same, writer, owner_id, epoch, at)
   VALUES (NEW.cluster_id, NEW.kind, NEW.openstack_id, NEW.hash, ${same}, SUBSTRING_INDEX(USER(), '@', 1),
     (SELECT owner_id FROM lane l WHERE l.cluster_id = NEW.cluster_id AND l.kind = NEW.kind),
     (SELECT epoch FROM lane l WHERE l.cluster_id = NEW.cluster_id AND l.kind = NEW.kind), UTC_TIMESTAMP(6))`;

/** The row is as it was but for the time. A hash that is blotted out is no state, and asks for the next write. */
const SAME = `NEW.hash = OLD.hash AND NEW.hash <> ${NO_HASH} AND NEW.missing_since <=> OLD.missing_since
  AND NEW.not_found = OLD.not_found AND NEW.gone_at <=> OLD.gone_at`;

const TRIGGERS = [
  `CREATE TRIGGER bench_object_new AFTER INSERT ON observed_object FOR EACH ROW ${writeOf('0')}`,
  `CREATE TRIGGER bench_object_changed AFTER UPDATE ON observed_object FOR EACH ROW ${writeOf(SAME)}`,
  `CREATE TRIGGER bench_lane_changed AFTER UPDATE ON lane FOR EACH ROW
   IF NEW.epoch <> OLD.epoch OR NOT NEW.owner_id <=> OLD.owner_id THEN
     INSERT INTO bench_switch (cluster_id, kind, from_id, to_id, before_epoch, epoch, moved, at)
     VALUES (NEW.cluster_id, NEW.kind, OLD.owner_id, NEW.owner_id, OLD.epoch, NEW.epoch,
       NEW.conductor_group <> OLD.conductor_group, UTC_TIMESTAMP(6));
   END IF`,
  `CREATE TRIGGER bench_lane_gone AFTER DELETE ON lane FOR EACH ROW
   INSERT INTO bench_switch (cluster_id, kind, from_id, before_epoch, moved, at)
   VALUES (OLD.cluster_id, OLD.kind, OLD.owner_id, OLD.epoch, 0, UTC_TIMESTAMP(6))`,
];
const MEMBER = `CREATE TRIGGER bench_member_came AFTER INSERT ON lane_conductor FOR EACH ROW
  INSERT IGNORE INTO bench_member VALUES (NEW.conductor_id, SUBSTRING_INDEX(USER(), '@', 1))`;

/**
 * Writes down by triggers of the database what nobody can talk his way out of: every write of an object, and every change
 * of the owner of a lane. Each conductor that it is to know has a user of its own in the database.
 */
export class Audit {
  private readonly pool: Pool;

  constructor(private readonly databaseUrl: string) {
    this.pool = createPool({ uri: databaseUrl, timezone: 'Z', connectionLimit: 4 });
  }

  /** From now on it is known which user is which conductor. */
  async prepare(): Promise<void> {
    for (const statement of [...TABLES, MEMBER]) await this.query(statement);
  }

  /** From now on all is written down. */
  async begin(): Promise<void> {
    for (const statement of TRIGGERS) await this.query(statement);
  }

  /** A user of the database of this name, and the address by which it gets there. */
  async userUrl(name: string): Promise<string> {
    const password = newId();
    await this.query(`CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`);
    await this.query(`GRANT ALL ON \`${new URL(this.databaseUrl).pathname.slice(1)}\`.* TO '${name}'@'%'`);
    const url = new URL(this.databaseUrl);
    url.username = name;
    url.password = password;
    return url.toString();
  }

  /** The conductor that came to the database as this user; null while it has not. */
  async conductorOf(user: string): Promise<string | null> {
    const [row] = await this.query<{ id: string }>(
      'SELECT conductor_id AS id FROM bench_member WHERE writer = ?',
      [user],
    );
    return row?.id ?? null;
  }

  /** Writes of objects since it began. */
  async writes(): Promise<Writes> {
    const [row] = await this.query<Record<keyof Writes, number>>(
      `SELECT COUNT(*) AS states, COALESCE(SUM(w.same), 0) AS doubled,
              COALESCE(SUM(m.conductor_id IS NULL), 0) AS byOthers,
              (SELECT COUNT(*) FROM bench_write WHERE hash = ${NO_HASH}) AS blotted
       FROM ${WRITES} WHERE w.hash <> ${NO_HASH}`,
    );
    const { states, doubled, byOthers, blotted } = row ?? {};
    return {
      states: Number(states),
      doubled: Number(doubled),
      byOthers: Number(byOthers),
      blotted: Number(blotted),
    };
  }

  /** How many writes there were of each kind. */
  writesByKind(): Promise<{ kind: string; writes: number; objects: number }[]> {
    return this.query(
      `SELECT kind, COUNT(*) AS writes, COUNT(DISTINCT cluster_id, openstack_id) AS objects FROM bench_write GROUP BY kind`,
    );
  }

  /** The first of those writes that should not be. */
  async wrongWrites(): Promise<object[]> {
    return this.query(
      `SELECT w.kind, w.openstack_id, w.same, w.writer, w.owner_id, w.epoch, w.at, HEX(w.hash) AS hash FROM ${WRITES}
       WHERE w.hash <> ${NO_HASH} AND (w.same = 1 OR m.conductor_id IS NULL) ORDER BY w.number LIMIT 10`,
    );
  }

  /** Changes of owners, in order. */
  async switches(): Promise<Switch[]> {
    const rows = await this.query<Omit<Switch, 'at' | 'moved'> & { at: Date; moved: number }>(
      `SELECT cluster_id AS clusterId, kind, from_id AS \`from\`, to_id AS \`to\`, epoch, moved, at
       FROM bench_switch WHERE epoch IS NOT NULL ORDER BY number`,
    );
    return rows.map((row) => ({ ...row, moved: row.moved === 1, at: row.at.getTime() }));
  }

  /** Rows of lanes that went away, and epochs that did not rise by one. */
  async brokenLanes(): Promise<{ removed: number; turnedBack: number }> {
    const [row] = await this.query<Record<'removed' | 'back', number>>(
      `SELECT COALESCE(SUM(epoch IS NULL), 0) AS removed, COALESCE(SUM(epoch <> before_epoch + 1), 0) AS back
       FROM bench_switch`,
    );
    return { removed: Number(row?.removed), turnedBack: Number(row?.back) };
  }

  async query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const [rows] = await this.pool.query<RowDataPacket[]>(sql, [...values]);
    return rows as Row[];
  }

  end(): Promise<void> {
    return this.pool.end();
  }
}
