import type { SimulatedCluster } from '@ultron/openstack-sim/simulator';

type Service = 'compute' | 'network';
export type OutsidersKind = 'server' | 'port';

const SERVICES: Record<OutsidersKind, Service> = { server: 'compute', port: 'network' };

/** Somebody who changes things in a cluster without asking Ultron. */
export class Outsider {
  private constructor(
    private readonly endpoints: Record<Service, string>,
    private readonly token: string,
  ) {}

  static async signIn(cluster: SimulatedCluster): Promise<Outsider> {
    const domain = { name: 'Default' };
    const user = { name: cluster.username, password: cluster.password, domain };
    const response = await fetch(`${cluster.authUrl}/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        auth: {
          identity: { methods: ['password'], password: { user } },
          scope: { project: { name: cluster.projectName, domain } },
        },
      }),
    });
    const { token } = (await response.json()) as {
      token: { catalog: { type: string; endpoints: { interface: string; url: string }[] }[] };
    };
    const endpoint = (service: Service): string => {
      const found = token.catalog
        .find(({ type }) => type === service)
        ?.endpoints.find((each) => each.interface === 'public');
      if (!found) throw new Error(`${cluster.name} has no ${service}`);
      return found.url.replace(/\/$/, '');
    };
    return new Outsider(
      { compute: endpoint('compute'), network: `${endpoint('network')}/v2.0` },
      response.headers.get('x-subject-token') ?? '',
    );
  }

  /** The ids of some servers, or ports. */
  async some(kind: OutsidersKind, count: number): Promise<string[]> {
    const page = await this.call<Record<string, { id: string }[]>>(
      kind,
      'GET',
      `/${kind}s?limit=${count}${kind === 'port' ? '&fields=id' : ''}`,
    );
    return page[`${kind}s`]?.map(({ id }) => id) ?? [];
  }

  async rename(kind: OutsidersKind, id: string, name: string): Promise<void> {
    await this.call(kind, 'PUT', `/${kind}s/${id}`, { [kind]: { name } });
  }

  async delete(kind: OutsidersKind, id: string): Promise<void> {
    await this.call(kind, 'DELETE', `/${kind}s/${id}`);
  }

  private async call<T>(kind: OutsidersKind, method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.endpoints[SERVICES[kind]] + path, {
      method,
      headers: { 'x-auth-token': this.token, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}
