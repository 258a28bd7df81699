import { RawCloud, type ClusterAccess } from '../shape/raw-cloud.js';

export interface OwnedServer {
  id: string;
  name: string;
  status: string;
  metadata: Record<string, string>;
}

export interface OwnedPort {
  id: string;
  name: string;
  device_id: string;
  fixed_ips: { ip_address: string }[];
}

/** What of a project in a cluster bears Ultron's marks, looked up without Ultron's client. */
export interface Owned {
  servers: OwnedServer[];
  ports: OwnedPort[];
}

/** Looks at the clusters themselves; one login serves all looks. */
export class ClusterWatch {
  private readonly clouds = new Map<string, Promise<RawCloud>>();

  constructor(private readonly clusters: readonly ClusterAccess[]) {}

  async ownedIn(access: ClusterAccess): Promise<Owned> {
    const cloud = await this.cloud(access);
    const { servers } = await cloud.must<{ servers: OwnedServer[] }>(
      'compute',
      'GET',
      '/servers/detail?limit=1000',
    );
    const { ports } = await cloud.must<{ ports: OwnedPort[] }>(
      'network',
      'GET',
      `/v2.0/ports?project_id=${cloud.projectId}`,
    );
    return {
      // Between the end of a server and the end of its row Nova still lists it, as DELETED.
      servers: servers.filter(
        ({ metadata, status }) => metadata['ultron_id'] !== undefined && status !== 'DELETED',
      ),
      ports: ports.filter(({ name }) => name.startsWith('ultron-')),
    };
  }

  async owned(): Promise<Owned> {
    const parts = await Promise.all(this.clusters.map((access) => this.ownedIn(access)));
    return { servers: parts.flatMap(({ servers }) => servers), ports: parts.flatMap(({ ports }) => ports) };
  }

  private cloud(access: ClusterAccess): Promise<RawCloud> {
    let cloud = this.clouds.get(access.name);
    if (!cloud) this.clouds.set(access.name, (cloud = RawCloud.login(access)));
    return cloud;
  }
}
