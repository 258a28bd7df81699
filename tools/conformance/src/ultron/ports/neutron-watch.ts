import { RawCloud, type ClusterAccess } from '../../shape/raw-cloud.js';

/** Something of Neutron that bears Ultron's mark, as the cluster itself shows it. */
export interface Marked {
  id: string;
  cluster: string;
  name: string;
  description: string;
  admin_state_up?: boolean;
  tags?: string[];
  fixed_ips?: { ip_address: string; subnet_id: string }[];
  allowed_address_pairs?: { ip_address: string }[];
  port_id?: string | null;
  floating_ip_address?: string;
  external_gateway_info?: object | null;
  qos_policy_id?: string | null;
  rules?: { direction: string; max_kbps: number }[];
}

const LISTS = {
  ports: '/v2.0/ports',
  routers: '/v2.0/routers',
  floatingips: '/v2.0/floatingips',
  policies: '/v2.0/qos/policies',
} as const;
export type Kind = keyof typeof LISTS;
export const KINDS = Object.keys(LISTS) as Kind[];

/** Looks at Neutron without Ultron's client. */
export class NeutronWatch {
  private readonly clouds = new Map<string, Promise<RawCloud>>();

  constructor(private readonly clusters: readonly ClusterAccess[]) {}

  /** What bears the mark `ultron-…`, in all clusters. */
  async marked(kind: Kind): Promise<Marked[]> {
    const parts = await Promise.all(
      this.clusters.map(async (access) => {
        const cloud = await this.cloud(access);
        const answer = await cloud.must<Record<string, Omit<Marked, 'cluster'>[]>>(
          'network',
          'GET',
          `${LISTS[kind]}?project_id=${cloud.projectId}`,
        );
        return (answer[kind] ?? []).map((one) => ({ ...one, cluster: access.name }));
      }),
    );
    return parts.flat().filter(({ name, description }) => isMark(name) || isMark(description));
  }

  /** Changes a port behind Ultron's back. */
  async touchPort(clusterName: string, id: string, port: object): Promise<void> {
    const access = this.clusters.find(({ name }) => name === clusterName);
    if (!access) throw new Error(`there is no cluster ${clusterName}`);
    await (await this.cloud(access)).must('network', 'PUT', `/v2.0/ports/${id}`, { body: { port } });
  }

  private cloud(access: ClusterAccess): Promise<RawCloud> {
    const cloud = this.clouds.get(access.name) ?? RawCloud.login(access);
    this.clouds.set(access.name, cloud);
    return cloud;
  }
}

const isMark = (text: string | undefined): boolean => /^ultron-[0-9a-f-]{36}$/.test(text ?? '');
