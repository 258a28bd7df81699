import { Inject, Injectable } from '@nestjs/common';
import { ClusterRepository } from '@ultron/cluster/cluster/cluster.repository';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { FreshnessRepository } from '@ultron/sync/freshness/freshness.repository';
import { staleClusters, type LaneFreshness } from '@ultron/sync/freshness/freshness.rules';
import { RefreshService } from '@ultron/sync/refresh/refresh.service';
import { HttpReply } from '../http/reply/http.reply.js';
import { freshMs } from './fresh.query.js';

/** A cluster as people know it; its name is looked up when it is needed and not given. */
export interface NamedCluster {
  id: string;
  name?: string | null;
}

/** What an answer shows of clusters. */
export interface Shown {
  reply: HttpReply;
  clusters: readonly NamedCluster[];
  /** The only object that is shown, by its id in its cluster: then no more than that is refreshed. */
  object?: string | null;
}

/** How long a caller who asked for fresh data waits for clusters at most. */
const WAIT_MS = 8_000;

/** Tells with an answer how old what it shows is, and has it read anew before, for who asks for that. */
@Injectable()
export class FreshnessReader {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(FreshnessRepository) private readonly rows: FreshnessRepository,
    @Inject(RefreshService) private readonly refreshes: RefreshService,
    @Inject(ClusterRepository) private readonly clusters: ClusterRepository,
  ) {}

  of(
    kinds: readonly string[],
    clusterIds: readonly string[],
    read: Transaction = this.database.read,
  ): Promise<LaneFreshness[]> {
    return this.rows.of(read, kinds, clusterIds);
  }

  /**
   * What `read` shows, of these kinds, with `X-Ultron-Stale` for the clusters of which it is older than was promised,
   * or than `fresh` asks and they could say in time. The kinds that hang on the first are refreshed with it.
   */
  async answer(
    kinds: readonly [string, ...string[]],
    fresh: string | undefined,
    read: () => Promise<Shown>,
  ): Promise<HttpReply> {
    let shown = await read();
    if (fresh === undefined) return this.marked(shown, kinds, []);
    const { asked, silent } = await this.refresh(kinds, shown, freshMs(fresh));
    if (asked) shown = await read();
    return this.marked(shown, kinds, silent);
  }

  /** Whether any cluster was asked, and which of them did not answer. */
  private async refresh(
    kinds: readonly [string, ...string[]],
    { clusters, object }: Shown,
    maxAgeMs: number,
  ): Promise<{ asked: boolean; silent: string[] }> {
    const ids = [...new Set(clusters.map(({ id }) => id))];
    const [clusterId] = ids;
    if (object && clusterId !== undefined) {
      const lanes = await this.of([kinds[0]], [clusterId]);
      if (lanes.every(({ ageMs }) => ageMs !== null && ageMs <= maxAgeMs))
        return { asked: false, silent: [] };
      const { unserved, served } = await this.refreshes.object(
        { clusterId, kind: kinds[0] },
        object,
        WAIT_MS,
      );
      const failed = unserved.length > 0 || served.some(({ outcome }) => outcome === 'failed');
      return { asked: true, silent: failed ? [clusterId] : [] };
    }
    const lanes = ids.flatMap((id) => kinds.map((kind) => ({ clusterId: id, kind })));
    const { served, unserved } = await this.refreshes.lanes(lanes, maxAgeMs, WAIT_MS);
    const failed = served.filter(({ outcome }) => outcome === 'failed');
    return {
      asked: served.length + unserved.length > 0,
      silent: [...unserved, ...failed].map((target) => target.clusterId),
    };
  }

  private async marked(
    { reply, clusters }: Shown,
    kinds: readonly string[],
    silent: readonly string[],
  ): Promise<HttpReply> {
    const names = new Map(clusters.map(({ id, name }) => [id, name]));
    if (!names.size) return reply;
    const stale = staleClusters(names.keys(), await this.of(kinds, [...names.keys()]));
    const shown = [...new Set([...stale, ...silent])].map(async (id) => names.get(id) ?? this.nameOf(id));
    const header = (await Promise.all(shown)).toSorted();
    if (!header.length) return reply;
    const headers = { ...reply.headers, 'x-ultron-stale': header.join(', ') };
    return new HttpReply(reply.statusCode, reply.body, headers);
  }

  private async nameOf(clusterId: string): Promise<string> {
    return (await this.clusters.find(this.database.read, clusterId))?.name ?? clusterId;
  }
}
