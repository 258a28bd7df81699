import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CatalogEndpointWire, CatalogServiceWire } from '@ultron/openstack/identity/tokens.wire';

export interface TinyCloudOptions {
  /** Service types in the catalog; identity is always there. */
  services?: string[];
  interfaces?: CatalogEndpointWire['interface'][];
  regions?: string[];
  /** The highest compute microversion. */
  computeMax?: string;
  /** Where the catalog says that a service is, in place of this server. */
  elsewhere?: Record<string, string>;
}

/** A Keystone that lets everybody in, with a catalog as wanted: for clusters that no simulator would play. */
export interface TinyCloud {
  authUrl: string;
  close(): Promise<void>;
}

export async function startTinyCloud(options: TinyCloudOptions = {}): Promise<TinyCloud> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const answer = answerTo(`${request.method} ${request.url}`, `http://127.0.0.1:${port}`, options);
    response.writeHead(answer ? 200 : 404, {
      'content-type': 'application/json',
      'x-subject-token': 'token',
    });
    response.end(JSON.stringify(answer ?? { error: { code: 404, title: 'Not Found', message: 'not here' } }));
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    authUrl: `http://127.0.0.1:${port}/v3`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const listen = (server: Server): Promise<void> =>
  new Promise((resolve) => void server.listen(0, '127.0.0.1', resolve));

function answerTo(request: string, origin: string, options: TinyCloudOptions): object | undefined {
  const { computeMax = '2.100' } = options;
  const answers: Record<string, object> = {
    'POST /v3/auth/tokens': tokenOf(origin, options),
    'GET /v3': { version: { id: 'v3.14', status: 'stable', links: [] } },
    'GET /compute/v2.1': {
      version: { id: 'v2.1', status: 'CURRENT', version: computeMax, min_version: '2.1', links: [] },
    },
    'GET /image/': { versions: [{ id: 'v2.9', status: 'CURRENT', links: [] }] },
    'GET /network/v2.0/extensions': { extensions: [] },
  };
  return answers[request];
}

function tokenOf(origin: string, options: TinyCloudOptions): object {
  const now = Date.now();
  return {
    token: {
      methods: ['password'],
      issued_at: new Date(now).toISOString(),
      expires_at: new Date(now + 3_600_000).toISOString(),
      user: { id: 'u', name: 'u', domain: { id: 'd', name: 'Default' } },
      project: { id: 'p', name: 'p', domain: { id: 'd', name: 'Default' } },
      roles: [],
      catalog: catalogOf(origin, options),
    },
  };
}

function catalogOf(origin: string, options: TinyCloudOptions): CatalogServiceWire[] {
  const {
    services = ['compute', 'network', 'image'],
    interfaces = ['public'],
    regions = ['RegionOne'],
  } = options;
  return services.map((type) => ({
    id: type,
    type,
    name: type,
    endpoints: regions.flatMap((region) =>
      interfaces.map((facing) => ({
        id: `${type}-${region}-${facing}`,
        interface: facing,
        region,
        region_id: region,
        url: options.elsewhere?.[type] ?? `${origin}/${type}`,
      })),
    ),
  }));
}
