export interface CallCount {
  cluster: string;
  service: string;
  /** Method and pattern of the path, for example `POST /v2.1/servers`. */
  kind: string;
  count: number;
  /** Answers of 400 and above. */
  errors: number;
  /** Of the bodies of their answers. */
  bytes: number;
}

/** How many calls of each kind came, per cluster. */
export class Counters {
  readonly #counts = new Map<string, CallCount>();
  readonly #unknown = new Map<
    string,
    { cluster: string; service: string; method: string; path: string; count: number }
  >();

  count(cluster: string, service: string, kind: string, status: number): void {
    const key = `${cluster} ${service} ${kind}`;
    let row = this.#counts.get(key);
    if (!row) this.#counts.set(key, (row = { cluster, service, kind, count: 0, errors: 0, bytes: 0 }));
    row.count++;
    if (status >= 400) row.errors++;
  }

  sent(cluster: string, service: string, kind: string, bytes: number): void {
    const row = this.#counts.get(`${cluster} ${service} ${kind}`);
    if (row) row.bytes += bytes;
  }

  unknownRoute(cluster: string, service: string, method: string, path: string): void {
    const key = `${cluster} ${service} ${method} ${path}`;
    const row = this.#unknown.get(key);
    if (row) row.count++;
    // Bounded: a client that walks through made-up paths must not fill the memory.
    else if (this.#unknown.size < 1000) this.#unknown.set(key, { cluster, service, method, path, count: 1 });
  }

  list(cluster?: string): CallCount[] {
    return [...this.#counts.values()].filter((row) => cluster === undefined || row.cluster === cluster);
  }

  unknown() {
    return [...this.#unknown.values()];
  }

  clear(): void {
    this.#counts.clear();
    this.#unknown.clear();
  }
}
