import { randomUUID } from 'node:crypto';
import { Cloud } from '@ultron/openstack/cloud';
import type { LabCluster } from '../lab/lab-clusters.js';

/** Ports that are deleted at once. */
const ABREAST = 8;

/** Neutron choosing addresses itself: ports of a network of our own, one a call or in bulk. */
export class NeutronPorts {
  private readonly ports: string[] = [];

  private constructor(
    private readonly cloud: Cloud,
    private readonly networkId: string,
  ) {}

  static async make(cluster: LabCluster): Promise<NeutronPorts> {
    const { auth_url: url, username, password, project_name: projectName, region, name } = cluster;
    const cloud = new Cloud({
      cluster: name,
      region,
      interface: 'public',
      auth: {
        url,
        password: {
          username,
          password,
          userDomainName: 'Default',
          projectName,
          projectDomainName: 'Default',
        },
      },
    });
    const network = await cloud.network.networks.create({ name: `bench-${randomUUID()}` });
    await cloud.network.subnets.create({
      network_id: network.id,
      ip_version: 4,
      cidr: '10.250.0.0/20',
      enable_dhcp: false,
    });
    return new NeutronPorts(cloud, network.id);
  }

  /** One call for so many ports; Neutron picks their addresses. */
  async create(count: number): Promise<void> {
    const wanted = { network_id: this.networkId };
    const { ports } = this.cloud.network;
    const made =
      count === 1
        ? [await ports.create(wanted)]
        : await ports.createBulk(Array.from({ length: count }, () => wanted));
    this.ports.push(...made.map(({ id }) => id));
  }

  async empty(): Promise<void> {
    const gone = async () => {
      for (let id = this.ports.pop(); id !== undefined; id = this.ports.pop()) {
        await this.cloud.network.ports.delete(id);
      }
    };
    await Promise.all(Array.from({ length: ABREAST }, gone));
  }

  /** Leaves nothing behind. */
  async close(): Promise<void> {
    await this.empty();
    await this.cloud.network.networks.delete(this.networkId);
  }
}
