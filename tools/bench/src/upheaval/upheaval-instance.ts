import type { ClusterSync } from '@ultron/conductor/sync/cluster-sync';
import { syncClusters } from '@ultron/conductor/sync/sync-clusters';
import { ensureGroups } from '@ultron/dev/start/registration';
import type { Cloud } from '@ultron/openstack/cloud';
import type { SimulatedCluster } from '@ultron/openstack-sim/simulator';
import { openDatabase } from '@ultron/platform/database/open-database';
import { BenchInstance } from '../instance/bench-instance.js';
import { cloudOf } from '../instance/cluster-cloud.js';
import { Audit } from './audit.js';
import { Counters } from './counters.js';
import { Seat } from './seat.js';
import { logFolder, type UpheavalSize } from './size.config.js';

export const GROUPS = ['default', 'second'] as const;
const SEATS: Record<(typeof GROUPS)[number], number> = { default: 3, second: 2 };
const RELEASES = ['queens', 'train', 'victoria', 'zed', '2025.1'];
const TIERS = ['gold', 'silver', 'bronze'];
/** So many clusters to one of the second group. */
const SECOND_EACH = 4;

export interface UpheavalCluster {
  id: string;
  name: string;
  group: string;
  simulated: SimulatedCluster;
  cloud: Cloud;
}

/** Full clusters, two groups of conductors that can be disturbed, and an audit of what they write. */
export class UpheavalInstance {
  private constructor(
    readonly instance: BenchInstance,
    readonly audit: Audit,
    readonly counters: Counters,
    readonly seats: readonly Seat[],
    readonly clusters: readonly UpheavalCluster[],
  ) {}

  static async start(size: UpheavalSize): Promise<UpheavalInstance> {
    const options = Array.from({ length: size.clusters }, (_, i) => ({
      name: `upheaval-${i + 1}`,
      release: RELEASES[i % RELEASES.length] ?? 'zed',
      hosts: size.hypervisors,
      lifecycle: {
        schedule: { min: 200, max: 400 },
        spawn: { min: 1000, max: 3000 },
        delete: { min: 200, max: 800 },
      },
    }));
    const groups = new Map(options.map(({ name }, i) => [name, GROUPS[i % SECOND_EACH === 1 ? 1 : 0]]));
    const groupOf = (name: string): string => groups.get(name) ?? GROUPS[0];
    const counters = new Counters();
    const seats: Seat[] = [];
    let audit: Audit | undefined;
    const instance = await BenchInstance.start(
      options,
      [],
      { count: size.servers, portsEach: size.portsEach },
      {
        groupOf,
        conductors: async (started) => {
          audit = new Audit(started.datastores.databaseUrl);
          await audit.prepare();
          await ensureGroups(started.api, GROUPS);
          const parts = { instance: started, audit, counters, logs: logFolder() };
          for (const group of GROUPS) {
            for (let i = 1; i <= SEATS[group]; i++) seats.push(new Seat(parts, group, `${group}_${i}`));
          }
          await Promise.all(seats.map((seat) => seat.start()));
        },
      },
    ).catch(async (error: unknown) => {
      await Promise.all(seats.map((seat) => seat.kill()));
      throw error;
    });
    if (!audit) throw new Error('no conductor was started');
    const clusters = await registered(instance, audit, groupOf);
    for (const [i, { id }] of clusters.entries()) {
      await audit.query(
        `INSERT INTO sync_tier_assignment (subject_kind, subject_id, tier, assigned_at)
         VALUES ('cluster', ?, ?, UTC_TIMESTAMP(6))`,
        [id, TIERS[i % TIERS.length]],
      );
    }
    return new UpheavalInstance(instance, audit, counters, seats, clusters);
  }

  /** What the kinds of the conductor need to list each cluster, by the name of the cluster. */
  async contexts(): Promise<Map<string, ClusterSync>> {
    const database = await openDatabase({ url: this.instance.datastores.databaseUrl, entities: [] });
    try {
      const known = (await Promise.all(GROUPS.map((group) => syncClusters(database, group)))).flat();
      const caps = new Map(known.map((cluster) => [cluster.id, cluster.caps]));
      const none = { has: () => false, hasService: () => false };
      return new Map(
        this.clusters.map(({ id, name, cloud }) => [
          name,
          { clusterId: id, clusterName: name, cloud, call: {}, caps: caps.get(id) ?? none },
        ]),
      );
    } finally {
      await database.close();
    }
  }

  /** Also when it is in the middle of something. */
  async stop(): Promise<void> {
    await Promise.all(this.seats.map((seat) => seat.kill()));
    await Promise.all(this.clusters.map(({ cloud }) => cloud.close()));
    await this.audit.end();
    await this.instance.stop();
  }
}

async function registered(
  instance: BenchInstance,
  audit: Audit,
  groupOf: (name: string) => string,
): Promise<UpheavalCluster[]> {
  const ids = new Map(
    (await audit.query<{ id: string; name: string }>('SELECT id, name FROM cluster')).map(({ id, name }) => [
      name,
      id,
    ]),
  );
  return instance.clusters.map((simulated) => ({
    id: ids.get(simulated.name) ?? '',
    name: simulated.name,
    group: groupOf(simulated.name),
    simulated,
    cloud: cloudOf(simulated),
  }));
}
