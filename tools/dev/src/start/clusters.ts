/** A simulated cluster, as the simulator is told of it and as it is registered. */
export interface SimulatedCluster {
  name: string;
  release: string;
  idc: string;
  /** The conductors that serve it: here, those of its IDC. */
  group: string;
  region: string;
}

/** Three releases, seven years apart, in two buildings. */
export const SIMULATED_CLUSTERS: readonly SimulatedCluster[] = [
  { name: 'beijing-1', release: 'queens', idc: 'beijing', group: 'beijing', region: 'RegionOne' },
  { name: 'beijing-2', release: 'train', idc: 'beijing', group: 'beijing', region: 'RegionOne' },
  { name: 'shanghai-1', release: '2025.1', idc: 'shanghai', group: 'shanghai', region: 'RegionOne' },
];

export interface ClusterAccess {
  name: string;
  release: string;
  auth_url: string;
  region: string;
  username: string;
  password: string;
  project_name: string;
  user_domain_name: string;
  project_domain_name: string;
}

export function clusterAccess(
  cluster: SimulatedCluster,
  simulatorUrl: string,
  password: string,
): ClusterAccess {
  return {
    name: cluster.name,
    release: cluster.release,
    auth_url: `${simulatorUrl}/${cluster.name}/identity/v3`,
    region: cluster.region,
    username: 'ultron',
    password,
    project_name: 'ultron',
    user_domain_name: 'Default',
    project_domain_name: 'Default',
  };
}
