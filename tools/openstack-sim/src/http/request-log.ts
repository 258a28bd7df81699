import type { IncomingHttpHeaders } from 'node:http';

export interface LoggedRequest {
  seq: number;
  /** RFC 3339. */
  at: string;
  cluster: string;
  service: string;
  method: string;
  url: string;
  /** As received; tokens and passwords are left out. */
  headers: IncomingHttpHeaders;
  /** Null when no answer was sent. */
  status: number | null;
  /** The simulator's own id of the request. */
  request_id: string | null;
  ms: number;
  /** What became of it. */
  outcome: 'answered' | 'hung' | 'reset' | 'answer dropped';
  faults: string[];
}

export interface LogFilter {
  cluster?: string;
  service?: string;
  method?: string;
  path?: string;
  /** The global request id that the caller sent, or the local one that was answered. */
  requestId?: string;
  /** Only what may have changed something. */
  writes?: boolean;
  limit?: number;
}

/** So many of the last entries. */
class Ring {
  readonly entries: LoggedRequest[] = [];
  #added = 0;

  constructor(private readonly size: number) {}

  add(entry: LoggedRequest): void {
    this.entries[this.#added++ % this.size] = entry;
  }

  clear(): void {
    this.entries.length = 0;
    this.#added = 0;
  }
}

/** The last requests received: so many reads and so many writes, so that reads do not push the writes out. */
export class RequestLog {
  readonly #reads: Ring;
  readonly #writes: Ring;
  #seq = 0;

  constructor(size: number) {
    this.#reads = new Ring(size);
    this.#writes = new Ring(size);
  }

  add(entry: Omit<LoggedRequest, 'seq'>): void {
    const ring = isRead(entry.method) ? this.#reads : this.#writes;
    ring.add({ seq: ++this.#seq, ...entry });
  }

  clear(): void {
    this.#reads.clear();
    this.#writes.clear();
    this.#seq = 0;
  }

  /** Oldest first; with a limit, the newest of those that fit. */
  list(filter: LogFilter): LoggedRequest[] {
    const path = filter.path === undefined ? undefined : new RegExp(filter.path);
    const all = [...(filter.writes === true ? [] : this.#reads.entries), ...this.#writes.entries];
    const fits = all.filter(
      (entry) =>
        (filter.cluster === undefined || entry.cluster === filter.cluster) &&
        (filter.service === undefined || entry.service === filter.service) &&
        (filter.method === undefined || entry.method === filter.method) &&
        (path === undefined || path.test(entry.url)) &&
        (filter.requestId === undefined ||
          entry.request_id === filter.requestId ||
          entry.headers['x-openstack-request-id'] === filter.requestId),
    );
    fits.sort((a, b) => a.seq - b.seq);
    return filter.limit === undefined ? fits : fits.slice(-filter.limit);
  }
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

const SECRET = ['x-auth-token', 'x-subject-token', 'authorization', 'cookie'];

export function withoutSecrets(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const shown = { ...headers };
  for (const name of SECRET) if (shown[name] !== undefined) shown[name] = '***';
  return shown;
}
