import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerCreateWire, ServerWire } from '@ultron/openstack/compute/servers.wire';
import type { PortCreateWire, PortWire } from '@ultron/openstack/network/ports.wire';
import type { SimulatedCluster } from '../simulator.js';

export interface SimReply {
  status: number;
  headers: Headers;
  body: unknown;
}

/** What may be added to a request: the body, a compute or placement microversion, further headers. */
export interface SimQuestion {
  body?: unknown;
  version?: string;
  headers?: Record<string, string>;
}

type Service = 'identity' | 'compute' | 'network' | 'image' | 'placement';

/** The plainest client there can be: what a test asks is what goes over the wire. */
export class SimSession {
  private constructor(
    readonly cluster: SimulatedCluster,
    readonly token: string,
    readonly projectId: string,
    readonly userId: string,
  ) {}

  static async login(
    cluster: SimulatedCluster,
    username = cluster.username,
    projectName = cluster.projectName,
  ): Promise<SimSession> {
    const reply = await ask(
      `${cluster.authUrl}/auth/tokens`,
      'POST',
      { body: passwordLogin(cluster, username, projectName) },
      undefined,
    );
    if (reply.status !== 201) throw new Error(`no token: ${reply.status} ${JSON.stringify(reply.body)}`);
    const { token } = reply.body as { token: { project: { id: string }; user: { id: string } } };
    return new SimSession(
      cluster,
      reply.headers.get('x-subject-token') ?? '',
      token.project.id,
      token.user.id,
    );
  }

  /** `path` inside the service, for example `/v2.1/servers`. */
  ask(service: Service, method: string, path: string, question: SimQuestion = {}): Promise<SimReply> {
    return ask(
      `${this.cluster.authUrl.replace('/identity/v3', '')}/${service}${path}`,
      method,
      question,
      this.token,
    );
  }

  /** As `ask`, but anything other than success is an error; gives the body. */
  async must<Body>(
    service: Service,
    method: string,
    path: string,
    question: SimQuestion = {},
  ): Promise<Body> {
    const { status, body } = await this.ask(service, method, path, question);
    if (status >= 300) throw new Error(`${method} ${service}${path}: ${status} ${JSON.stringify(body)}`);
    return body as Body;
  }

  async networkId(name = 'private'): Promise<string> {
    const { networks } = await this.must<{ networks: { id: string }[] }>(
      'network',
      'GET',
      `/v2.0/networks?name=${name}`,
    );
    return first(networks).id;
  }

  async port(change: Partial<PortCreateWire> = {}): Promise<PortWire> {
    const network_id = change.network_id ?? (await this.networkId());
    const body = { port: { name: 'a port', ...change, network_id } };
    return (await this.must<{ port: PortWire }>('network', 'POST', '/v2.0/ports', { body })).port;
  }

  /** The body of a create that any cluster takes. */
  async serverBody(change: Partial<ServerCreateWire> = {}): Promise<{ server: ServerCreateWire }> {
    const { images } = await this.must<{ images: { id: string }[] }>('image', 'GET', '/v2/images');
    return {
      server: {
        name: 'a server',
        flavorRef: '1',
        imageRef: first(images).id,
        networks: [{ uuid: await this.networkId() }],
        ...change,
      },
    };
  }

  async createServer(change: Partial<ServerCreateWire> = {}, question: SimQuestion = {}): Promise<string> {
    const body = await this.serverBody(change);
    return (
      await this.must<{ server: { id: string } }>('compute', 'POST', '/v2.1/servers', { body, ...question })
    ).server.id;
  }

  async server(id: string, version?: string): Promise<ServerWire> {
    const question = version === undefined ? {} : { version };
    return (await this.must<{ server: ServerWire }>('compute', 'GET', `/v2.1/servers/${id}`, question))
      .server;
  }

  /** Looks until the server has the status, 5 s at most. */
  async reaches(id: string, status: string): Promise<ServerWire> {
    return eventually(async () => {
      const server = await this.server(id);
      return server.status === status && server['OS-EXT-STS:task_state'] === null ? server : undefined;
    });
  }

  async gone(id: string): Promise<void> {
    await eventually(
      async () => (await this.ask('compute', 'GET', `/v2.1/servers/${id}`)).status === 404 || undefined,
    );
  }
}

export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 5_000; ; await sleep(10)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('it never came about');
  }
}

export function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('there is none');
  return item;
}

export function passwordLogin(
  cluster: SimulatedCluster,
  username = cluster.username,
  projectName = cluster.projectName,
) {
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: username, domain: { name: 'Default' }, password: cluster.password } },
      },
      scope: { project: { name: projectName, domain: { name: 'Default' } } },
    },
  };
}

async function ask(
  url: string,
  method: string,
  question: SimQuestion,
  token: string | undefined,
): Promise<SimReply> {
  const response = await fetch(url, {
    method,
    headers: {
      Accept: 'application/json',
      ...(token === undefined ? {} : { 'X-Auth-Token': token }),
      ...(question.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(question.version === undefined ? {} : { 'OpenStack-API-Version': question.version }),
      ...question.headers,
    },
    ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : decoded(text),
  };
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
