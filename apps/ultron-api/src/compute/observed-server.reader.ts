import { Inject, Injectable } from '@nestjs/common';
import type { ServerView } from '@ultron/compute/server/server.view';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { LaneFreshness } from '@ultron/sync/freshness/freshness.rules';
import { ObservedReader, type StoredObject } from '@ultron/sync/observed/observed.reader';
import { FreshnessReader } from '../freshness/freshness.reader.js';
import type { ObservedServerView, ServerBody } from './server.view.dto.js';

/** Shows with our servers what the sync of their clusters has seen of them. */
@Injectable()
export class ObservedServerReader {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ObservedReader) private readonly objects: ObservedReader,
    @Inject(FreshnessReader) private readonly freshness: FreshnessReader,
  ) {}

  /** Within a transaction it must read through that: who waits for a second connection may hold up the first for ever. */
  async with(servers: readonly ServerView[], read: Transaction = this.database.read): Promise<ServerBody[]> {
    const wanted = new Map<string, string[]>();
    for (const { cluster, openstack_id: id } of servers) {
      if (id !== null) wanted.set(cluster.id, [...(wanted.get(cluster.id) ?? []), id]);
    }
    const [objects, lanes] = await Promise.all([
      this.objects.findAmong(read, 'server', wanted),
      this.freshness.of(['server'], [...wanted.keys()], read),
    ]);
    const seen = new Map(objects.map((object) => [`${object.clusterId} ${object.id}`, object]));
    return servers.map((server) => {
      const object = seen.get(`${server.cluster.id} ${server.openstack_id}`);
      const lane = lanes.find(({ clusterId }) => clusterId === server.cluster.id);
      return { ...server, ...observedOf(server, object, lane) };
    });
  }

  async withOne(server: ServerView, read?: Transaction): Promise<ServerBody> {
    const [body] = await this.with([server], read);
    if (!body) throw new Error('one server was given and none came back');
    return body;
  }
}

/** Tasks and watchers see some things sooner than the sync; the sync sees more. */
function observedOf(
  server: ServerView,
  object: StoredObject | undefined,
  lane: LaneFreshness | undefined,
): Pick<ServerBody, 'observed' | 'observed_at'> {
  const { observed } = server;
  if (!object) return { observed: observed && { ...observed, ...UNSEEN }, observed_at: server.observed_at };
  const { fields, missingSince, goneAt } = object;
  const presence = goneAt ? 'gone' : missingSince ? 'missing' : 'present';
  return {
    observed: {
      status: observed?.status ?? object.status ?? 'UNKNOWN',
      task_state: observed ? observed.task_state : textOf(fields['task_state']),
      power_state: observed ? observed.power_state : numberOf(fields['power_state']),
      name: object.name,
      host: textOf(fields['host']),
      updated_at: object.updatedAt?.toISOString() ?? null,
      presence,
      missing_since: missingSince?.toISOString() ?? null,
      gone_at: goneAt?.toISOString() ?? null,
    },
    // A complete reading that found it as it was says that it still was so then.
    observed_at: latest(
      server.observed_at,
      object.observedAt.toISOString(),
      presence === 'present' ? (lane?.freshAt?.toISOString() ?? null) : null,
    ),
  };
}

const UNSEEN: Omit<ObservedServerView, 'status' | 'task_state' | 'power_state'> = {
  name: null,
  host: null,
  updated_at: null,
  presence: 'present',
  missing_since: null,
  gone_at: null,
};

const latest = (...times: (string | null)[]): string | null =>
  times
    .filter((time) => time !== null)
    .toSorted()
    .at(-1) ?? null;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
