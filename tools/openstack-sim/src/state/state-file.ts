import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Cluster } from '../cluster/cluster.js';
import type { StoredTable } from '../store/table.js';

/** One line of the file: a row as it is since then, or that it is gone. */
interface Line {
  c: string;
  t: string;
  i: string;
  r?: unknown;
}

/** The file is written anew once it holds this many times more than what is alive in it. */
const WASTE = 4;
const SMALLEST = 4 * 1024 * 1024;

/**
 * The state in an append-only file of JSON lines. Lines are handed to the operating system before the answer of the
 * request that caused them leaves, so that killing the process loses nothing that was answered; a crash of the
 * machine may (there is no fsync). When the file has grown, it is written anew beside the old one and renamed over it.
 */
export class StateFile {
  readonly #dirty = new Map<string, { cluster: string; table: StoredTable; id: string }>();
  #fd: number | undefined;
  #size = 0;
  #compactAt = SMALLEST;
  #clusters: ReadonlyMap<string, Cluster> = new Map();

  constructor(private readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
  }

  changed(cluster: string, table: StoredTable, id: string): void {
    this.#dirty.set(`${cluster} ${table.name} ${id}`, { cluster, table, id });
  }

  /** Puts the stored rows back; answers the names of the clusters that had any. */
  load(clusters: ReadonlyMap<string, Cluster>): Set<string> {
    this.#clusters = clusters;
    const rows = this.#read();
    const restored = new Set<string>();
    for (const [name, cluster] of clusters) {
      for (const table of cluster.tables()) {
        for (const row of rows.get(`${name} ${table.name}`)?.values() ?? []) {
          table.restore(row);
          restored.add(name);
        }
      }
    }
    this.#rewrite();
    return restored;
  }

  /** Appends what changed since the last time. */
  flush(): void {
    if (this.#dirty.size === 0 || this.#fd === undefined) return;
    const lines: string[] = [];
    for (const { cluster, table, id } of this.#dirty.values()) lines.push(line(cluster, table, id));
    this.#dirty.clear();
    this.#append(lines.join(''));
    if (this.#size > this.#compactAt) this.#rewrite();
  }

  close(): void {
    this.flush();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Rows by cluster and table, then by id; a last line cut short by a kill is passed over. */
  #read(): Map<string, Map<string, unknown>> {
    const tables = new Map<string, Map<string, unknown>>();
    if (!existsSync(this.path)) return tables;
    for (const text of readFileSync(this.path, 'utf8').split('\n')) {
      const parsed = parse(text);
      if (!parsed) continue;
      const key = `${parsed.c} ${parsed.t}`;
      let table = tables.get(key);
      if (!table) tables.set(key, (table = new Map()));
      if (parsed.r === undefined) table.delete(parsed.i);
      else table.set(parsed.i, parsed.r);
    }
    return tables;
  }

  #append(text: string): void {
    if (this.#fd === undefined || text === '') return;
    const data = Buffer.from(text);
    for (let done = 0; done < data.length;) done += writeSync(this.#fd, data, done);
    this.#size += data.length;
  }

  #rewrite(): void {
    const beside = `${this.path}.new`;
    const old = this.#fd;
    this.#fd = openSync(beside, 'w');
    this.#size = 0;
    for (const [name, cluster] of this.#clusters) {
      for (const table of cluster.tables())
        this.#append([...table.ids()].map((id) => line(name, table, id)).join(''));
    }
    renameSync(beside, this.path);
    if (old !== undefined) closeSync(old);
    this.#compactAt = Math.max(SMALLEST, WASTE * statSync(this.path).size);
  }
}

function line(cluster: string, table: StoredTable, id: string): string {
  const row = table.stored(id);
  const kept: Line = { c: cluster, t: table.name, i: id, ...(row === undefined ? {} : { r: row }) };
  return `${JSON.stringify(kept)}\n`;
}

function parse(text: string): Line | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
