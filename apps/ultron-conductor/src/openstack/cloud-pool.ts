import type { ClusterObservations } from '@ultron/cluster/cluster/cluster-observation.service';
import type { Cloud } from '@ultron/openstack/cloud';
import type { CloudOptions } from '@ultron/openstack/cloud.options';
import type { CallObserver } from '@ultron/openstack/observer';
import type { TrafficGauge } from '@ultron/openstack/traffic/cluster-traffic';
import { openCloud } from '../cluster/open-cloud.js';

interface Entry {
  cloud: Cloud;
  name: string;
  conductorGroup: string;
  connectionVersion: number;
  checkedAt: number;
}

/** How long a cloud is used before its registration is looked at again. */
const CHECK_MS = 3_000;

/** The client of each cluster, made from the registry when it is first needed and anew when its registration changes. */
export class CloudPool {
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<Entry>>();

  constructor(
    private readonly clusters: Pick<ClusterObservations, 'connection'>,
    private readonly observer: (clusterId: string) => CallObserver,
    private readonly options: Partial<CloudOptions> = {},
    private readonly checkMs: number = CHECK_MS,
  ) {}

  /** @throws Fault `cluster_not_found`, `credential_unreadable`. */
  async get(clusterId: string): Promise<Cloud> {
    return (await this.entry(clusterId)).cloud;
  }

  /** The name of the conductor group that serves the cluster. Throws as `get`. */
  async groupOf(clusterId: string): Promise<string> {
    return (await this.entry(clusterId)).conductorGroup;
  }

  /** The traffic with each cluster that was called so far, by the cluster's name. */
  *traffic(): Generator<{ cluster: string; gauge: TrafficGauge }> {
    for (const { cloud, name } of this.entries.values()) yield { cluster: name, gauge: cloud.traffic.gauge };
  }

  async close(): Promise<void> {
    const entries = [...this.entries.values()];
    this.entries.clear();
    await Promise.all(entries.map((entry) => entry.cloud.close()));
  }

  private async entry(clusterId: string): Promise<Entry> {
    const entry = this.entries.get(clusterId);
    if (entry && Date.now() - entry.checkedAt < this.checkMs) return entry;
    let loading = this.loading.get(clusterId);
    if (!loading) {
      loading = this.load(clusterId).finally(() => this.loading.delete(clusterId));
      this.loading.set(clusterId, loading);
    }
    return loading;
  }

  private async load(clusterId: string): Promise<Entry> {
    const connection = await this.clusters.connection(clusterId);
    const known = this.entries.get(clusterId);
    const { connectionVersion, conductorGroup } = connection;
    if (known && known.connectionVersion === connectionVersion) {
      return Object.assign(known, { conductorGroup, checkedAt: Date.now() });
    }
    const entry = {
      cloud: openCloud(connection, { ...this.options, observer: this.observer(clusterId) }),
      name: connection.name,
      conductorGroup,
      connectionVersion,
      checkedAt: Date.now(),
    };
    this.entries.set(clusterId, entry);
    // Calls under way through the old one may finish: its connections are closed once they are idle.
    if (known) setTimeout(() => void known.cloud.close(), 60_000).unref();
    return entry;
  }
}
