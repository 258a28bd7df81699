import { GroupClustersRepository } from '@ultron/cluster/conductor-group/group-clusters.repository';
import { ServerHomeRepository } from '@ultron/compute/server/server-home.repository';
import { PortHomeRepository } from '@ultron/network/port/port-home.repository';
import type { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { SyncCluster } from '@ultron/sync/engine/sync-engine.options';
import type { ClusterCaps } from '@ultron/sync/kind/sync-kind';
import { SyncTierRepository } from '@ultron/sync/tier/sync-tier.repository';
import { tierOfCluster } from '@ultron/sync/tier/tier.rules';

const clusters = new GroupClustersRepository();
const tiers = new SyncTierRepository();
const servers = new ServerHomeRepository();
const ports = new PortHomeRepository();

/** The clusters of a conductor group, with what they can do and how fresh they are to be. */
export async function syncClusters(database: Database, conductorGroup: string): Promise<SyncCluster[]> {
  const { read } = database;
  const found = await clusters.list(read, conductorGroup);
  const assignments = await tiers.assignments(read);
  const places = new Map((await tiers.list(read)).map(({ name, place }) => [name, place]));
  const projects = assignments
    .filter(({ subject }) => subject === 'project')
    .map(({ subjectId }) => subjectId);
  const homes = await clustersOf(read, projects);
  return found.map(({ id, name, unreadable, capabilities, services }) => ({
    id,
    name,
    resting: unreadable,
    caps: capsOf(capabilities, services),
    tier: tierOfCluster(id, assignments, places, homes),
  }));
}

/** The clusters in which each of the projects has something that is kept in sync. */
async function clustersOf(
  tx: Transaction,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const homes = [...(await servers.homesOf(tx, projectIds)), ...(await ports.homesOf(tx, projectIds))];
  const ofProject = Map.groupBy(homes, ({ projectId }) => projectId);
  return new Map([...ofProject].map(([id, some]) => [id, new Set(some.map(({ clusterId }) => clusterId))]));
}

export function capsOf(capabilities: ReadonlySet<string>, services: ReadonlySet<string>): ClusterCaps {
  return { has: (capability) => capabilities.has(capability), hasService: (type) => services.has(type) };
}
