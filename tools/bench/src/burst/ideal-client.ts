import { Pool } from 'undici';

/** What the ideal client needs to know of a cluster beforehand; looking it up is not measured. */
export interface IdealCluster {
  authUrl: string;
  username: string;
  password: string;
  projectName: string;
}

interface Endpoint {
  pool: Pool;
  path: string;
}

interface Session {
  token: string;
  compute: Endpoint;
  network: Endpoint;
}

interface Wanted {
  flavorId: string;
  imageId: string;
  networkId: string;
}

type Json = Record<string, unknown>;

/**
 * The least that must be sent to have servers: a token, one bulk call for the ports, one call per server, and a list of
 * what changed until all are ACTIVE. No database, no queue, no retry, no record: what Ultron's own share is measured against.
 */
export class IdealClient {
  private constructor(
    private readonly session: Session,
    private readonly wanted: Wanted,
    private readonly concurrency: number,
  ) {}

  /** Signs in and finds the flavor, image and network by name. */
  static async connect(
    cluster: IdealCluster,
    names: { flavor: string; image: string; network: string },
    concurrency: number,
  ): Promise<IdealClient> {
    const session = await signIn(cluster, concurrency);
    const image = new Pool(new URL(session.image).origin, { connections: 1 });
    const [flavors, networks, images] = await Promise.all([
      call(session.compute, session.token, 'GET', '/flavors'),
      call(session.network, session.token, 'GET', `/v2.0/networks?name=${names.network}`),
      call(
        { pool: image, path: new URL(session.image).pathname.replace(/\/$/, '') },
        session.token,
        'GET',
        `/v2/images?name=${names.image}`,
      ),
    ]);
    await image.close();
    return new IdealClient(
      session,
      {
        flavorId: idOf(flavors, 'flavors', names.flavor),
        networkId: idOf(networks, 'networks', names.network),
        imageId: idOf(images, 'images', names.image),
      },
      concurrency,
    );
  }

  /** Resolves once `count` servers are ACTIVE. */
  async create(count: number, prefix: string, pollMs: number): Promise<string[]> {
    const begun = new Date(Date.now() - 5_000).toISOString();
    const names = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
    const made = await call(this.session.network, this.session.token, 'POST', '/v2.0/ports', {
      ports: names.map((name) => ({ name, network_id: this.wanted.networkId })),
    });
    const ports = rows(made, 'ports').map((port) => String(port['id']));
    const ids: string[] = [];
    const queue = names.map((name, i) => ({ name, port: ports[i] ?? '' }));
    await Promise.all(
      Array.from({ length: Math.min(this.concurrency, count) }, async () => {
        for (let next = queue.shift(); next; next = queue.shift())
          ids.push(await this.createServer(next.name, next.port));
      }),
    );
    await this.untilActive(new Set(ids), begun, pollMs);
    return ids;
  }

  async close(): Promise<void> {
    await Promise.all([this.session.compute.pool.close(), this.session.network.pool.close()]);
  }

  private async createServer(name: string, port: string): Promise<string> {
    const body = await call(this.session.compute, this.session.token, 'POST', '/servers', {
      server: { name, flavorRef: this.wanted.flavorId, imageRef: this.wanted.imageId, networks: [{ port }] },
    });
    return String((body['server'] as Json)['id']);
  }

  private async untilActive(waiting: Set<string>, since: string, pollMs: number): Promise<void> {
    while (waiting.size > 0) {
      const body = await call(
        this.session.compute,
        this.session.token,
        'GET',
        `/servers/detail?changes-since=${since}&limit=1000`,
      );
      for (const server of rows(body, 'servers')) {
        if (server['status'] === 'ERROR') throw new Error(`server ${String(server['id'])} went to ERROR`);
        if (server['status'] === 'ACTIVE') waiting.delete(String(server['id']));
      }
      if (waiting.size > 0) await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
}

async function signIn(cluster: IdealCluster, concurrency: number): Promise<Session & { image: string }> {
  const response = await fetch(`${cluster.authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: {
          methods: ['password'],
          password: {
            user: { name: cluster.username, domain: { id: 'default' }, password: cluster.password },
          },
        },
        scope: { project: { name: cluster.projectName, domain: { id: 'default' } } },
      },
    }),
  });
  const body = (await response.json()) as {
    token: { catalog: { type: string; endpoints: { interface: string; url: string }[] }[] };
  };
  const endpoint = (type: string): string => {
    const service = body.token.catalog.find((entry) => entry.type === type);
    const url = service?.endpoints.find((e) => e.interface === 'public')?.url;
    if (!url) throw new Error(`no public endpoint of type ${type}`);
    return url;
  };
  const open = (url: string): Endpoint => ({
    pool: new Pool(new URL(url).origin, { connections: concurrency }),
    path: new URL(url).pathname.replace(/\/$/, ''),
  });
  const token = response.headers.get('x-subject-token');
  if (!token) throw new Error(`no token: ${response.status}`);
  return {
    token,
    compute: open(endpoint('compute')),
    network: open(endpoint('network')),
    image: endpoint('image'),
  };
}

async function call(
  endpoint: Endpoint,
  token: string,
  method: 'GET' | 'POST',
  path: string,
  body?: Json,
): Promise<Json> {
  const response = await endpoint.pool.request({
    method,
    path: endpoint.path + path,
    headers: { 'x-auth-token': token, 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : null,
  });
  if (response.statusCode >= 300)
    throw new Error(`${method} ${path}: ${response.statusCode} ${await response.body.text()}`);
  return (await response.body.json()) as Json;
}

const rows = (body: Json, key: string): Json[] => (body[key] ?? []) as Json[];

function idOf(body: Json, key: string, name: string): string {
  const found = rows(body, key).find((row) => row['name'] === name);
  if (!found) throw new Error(`no ${name} among the ${key}`);
  return String(found['id']);
}
