import type { SimulatedCluster } from '@ultron/openstack-sim/simulator';

/** Somebody who changes things in a cluster without asking Ultron. */
export class Outsider {
  private constructor(
    private readonly compute: string,
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
    const compute = token.catalog
      .find(({ type }) => type === 'compute')
      ?.endpoints.find((endpoint) => endpoint.interface === 'public');
    if (!compute) throw new Error(`${cluster.name} has no compute`);
    return new Outsider(compute.url.replace(/\/$/, ''), response.headers.get('x-subject-token') ?? '');
  }

  async someServers(count: number): Promise<string[]> {
    const { servers } = await this.call<{ servers: { id: string }[] }>('GET', `/servers?limit=${count}`);
    return servers.map(({ id }) => id);
  }

  async rename(id: string, name: string): Promise<void> {
    await this.call('PUT', `/servers/${id}`, { server: { name } });
  }

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.compute + path, {
      method,
      headers: { 'x-auth-token': this.token, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
