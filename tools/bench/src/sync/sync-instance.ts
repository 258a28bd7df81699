import { readFile } from 'node:fs/promises';
import type { ClusterOptions } from '@ultron/openstack-sim/cluster/cluster.settings';
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import { BenchInstance } from '../instance/bench-instance.js';

/** How much is in the clusters, in all. */
export interface Size {
  clusters: number;
  servers: number;
  portsEach: number;
  hypervisors: number;
}

const RELEASES = ['queens', 'train', 'victoria', 'zed', '2025.1'];
export const MAIN_KINDS = ['server', 'port', 'hypervisor'];
const LOOK_MS = 50;

/** An instance with two conductors over full clusters, and what its lanes have come to. */
export class SyncInstance {
  private constructor(
    readonly instance: BenchInstance,
    readonly database: Pool,
    /** Of the two conductors. */
    readonly conductors: readonly number[],
  ) {}

  static async start(size: Size, changes: Partial<ClusterOptions> = {}): Promise<SyncInstance> {
    const clusters = Array.from({ length: size.clusters }, (_, i) => ({
      name: `sync-${i + 1}`,
      release: RELEASES[i % RELEASES.length] ?? 'zed',
      hosts: Math.ceil(size.hypervisors / size.clusters),
      ...changes,
    }));
    // Filled before anybody looks, so that what is looked at first is all of it.
    const instance = await BenchInstance.start(clusters, [], {
      count: Math.ceil(size.servers / size.clusters),
      portsEach: size.portsEach,
    });
    const second = await instance.startConductor();
    const database = createPool({ uri: instance.datastores.databaseUrl, timezone: 'Z', connectionLimit: 2 });
    const first = Object.entries(instance.pids).find(([name]) => name.startsWith('ultron-conductor'))?.[1];
    return new SyncInstance(instance, database, [first ?? NaN, second]);
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.instance.stop();
  }

  async query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const [rows] = await this.database.query<RowDataPacket[]>(sql, [...values]);
    return rows as Row[];
  }

  /** The database's clock. */
  async now(): Promise<string> {
    const [row] = await this.query<{ now: string }>('SELECT CAST(UTC_TIMESTAMP(6) AS CHAR) AS now');
    return row?.now ?? '';
  }

  /** Has the lanes of these kinds read in full; how many milliseconds until the last one was. */
  async fullPass(kinds: readonly string[] = MAIN_KINDS): Promise<{ ms: number }> {
    const since = await this.now();
    const begun = performance.now();
    await this.query(
      `UPDATE lane SET full_due_at = UTC_TIMESTAMP(6), next_due_at = UTC_TIMESTAMP(6)
       WHERE kind IN (?) AND resting = 0`,
      [kinds],
    );
    await this.until(kinds, since);
    return { ms: performance.now() - begun };
  }

  /** Objects of these kinds that were written since then. */
  async writtenSince(since: string, kinds: readonly string[] = MAIN_KINDS): Promise<number> {
    const [row] = await this.query<{ written: number }>(
      'SELECT COUNT(*) AS written FROM observed_object WHERE kind IN (?) AND (observed_at >= ? OR missing_since >= ?)',
      [kinds, since, since],
    );
    return Number(row?.written);
  }

  /** Until every lane of the kinds has been read in full since then. */
  async until(kinds: readonly string[], since: string, ms = 600_000): Promise<void> {
    const lanes = (await this.query('SELECT id FROM cluster')).length * kinds.length;
    for (const deadline = Date.now() + ms; ;) {
      const [row] = await this.query<{ done: number }>(
        `SELECT COUNT(*) AS done FROM lane WHERE kind IN (?) AND full_at >= ? AND last_outcome = 'complete'`,
        [kinds, since],
      );
      if (Number(row?.done) >= lanes) return;
      if (Date.now() > deadline) throw new Error(`only ${row?.done} of ${lanes} lanes were read in ${ms} ms`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** What the simulator was asked since it was told to forget: calls and the bytes of their answers. */
  async calls(): Promise<{ calls: number; bytes: number }> {
    const response = await fetch(`${this.instance.simulatorUrl}/_sim/calls`);
    const kinds = (await response.json()) as { count: number; bytes: number }[];
    return {
      calls: kinds.reduce((sum, { count }) => sum + count, 0),
      bytes: kinds.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** The largest that either conductor ever was, in MB, or is now. */
  async memory(which: 'VmHWM' | 'VmRSS'): Promise<number> {
    return Math.max(...(await Promise.all(this.conductors.map((pid) => statusMb(pid, which)))));
  }

  /** Seconds of processor time that the conductors have used. */
  async cpuSeconds(): Promise<number> {
    const each = await Promise.all(this.conductors.map(cpuSecondsOf));
    return each.reduce((sum, seconds) => sum + seconds, 0);
  }
}

async function statusMb(pid: number, which: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN) / 1024;
}

/** Linux counts in hundredths of a second. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
