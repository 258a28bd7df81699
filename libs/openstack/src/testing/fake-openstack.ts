import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenResponseWire } from '../identity/tokens.wire.js';
import { atLeast } from '../version/microversion.js';

/** A request as the fake received it. */
export interface FakeRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: unknown;
  /** The socket's number: equal numbers shared a connection. */
  connection: number;
}

/** What the fake does: an answer, `drop` the connection, `hang` without an answer, or half an answer. */
export type FakeReply =
  | { status?: number; headers?: Record<string, string>; body?: unknown; afterMs?: number }
  | 'drop'
  | 'hang'
  | 'half';

export type FakeHandler = (request: FakeRequest) => FakeReply | Promise<FakeReply>;

/**
 * A small HTTP server that behaves as the front of an OpenStack cluster: it gives out tokens, checks them and shows
 * its versions; each test teaches it the calls that it needs.
 */
export class FakeOpenStack {
  readonly requests: FakeRequest[] = [];
  novaRange: { min: string; max: string } = { min: '2.1', max: '2.96' };
  placementRange: { min: string; max: string } = { min: '1.0', max: '1.39' };
  extensions: string[] = ['security-group', 'standard-attr-tag', 'revision-if-match'];
  tokenLifetimeMs = 3_600_000;
  password = 'secret';
  /** How long a login takes. */
  loginMs = 0;
  keepAlive = true;
  logins = 0;
  readonly validTokens = new Set<string>();
  private readonly handlers = new Map<string, FakeHandler>();
  private connections = 0;

  readonly url: string;

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<FakeOpenStack> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fake = new FakeOpenStack(server);
    const numbers = new WeakMap<object, number>();
    server.on('connection', (socket) => numbers.set(socket, (fake.connections += 1)));
    server.on('request', (request, response) => {
      void fake.serve(request, response, numbers.get(request.socket) ?? 0);
    });
    return fake;
  }

  /** Teaches a call, for example `GET /compute/v2.1/servers/detail`; the latest lesson counts. */
  on(call: string, handler: FakeHandler): this {
    this.handlers.set(call, handler);
    return this;
  }

  /** The requests of one call so far. */
  received(call: string): FakeRequest[] {
    return this.requests.filter((request) => `${request.method} ${request.path}` === call);
  }

  expireTokens(): void {
    this.validTokens.clear();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(message: IncomingMessage, response: ServerResponse, connection: number): Promise<void> {
    const url = new URL(message.url ?? '/', this.url);
    const text = await bodyOf(message);
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const { method = 'GET', headers } = message;
    const request = { method, path: url.pathname, query: url.searchParams, headers, body, connection };
    this.requests.push(request);
    if (!this.keepAlive) response.setHeader('Connection', 'close');
    const reply = await this.replyTo(request);
    if (reply === 'hang') return;
    if (reply === 'drop') message.socket.destroy();
    else if (reply === 'half') this.sendHalf(response);
    else send(response, reply);
  }

  private sendHalf(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
    response.write('{"half":');
    setTimeout(() => response.destroy(), 20);
  }

  private async replyTo(request: FakeRequest): Promise<FakeReply> {
    const handler = this.handlers.get(`${request.method} ${request.path}`);
    if (request.path.endsWith('/auth/tokens')) return handler ? handler(request) : this.logIn(request);
    const token = request.headers['x-auth-token'];
    if (typeof token !== 'string' || !this.validTokens.has(token)) return unauthorized;
    if (this.isOutOfRange(request)) return notAcceptable;
    const reply = handler ? await handler(request) : this.ownReply(request);
    if (typeof reply === 'object' && reply.afterMs) await new Promise((go) => setTimeout(go, reply.afterMs));
    return reply;
  }

  /** As Nova does, which looks at the version before anything else. */
  private isOutOfRange({ headers }: FakeRequest): boolean {
    const version = headers['x-openstack-nova-api-version'];
    if (typeof version !== 'string') return false;
    return !atLeast(version, this.novaRange.min) || !atLeast(this.novaRange.max, version);
  }

  private ownReply({ method, path }: FakeRequest): FakeReply {
    const documents: Record<string, unknown> = {
      '/identity/v3': { version: { id: 'v3.14', status: 'stable', links: [] } },
      '/compute/v2.1': {
        version: {
          id: 'v2.1',
          status: 'CURRENT',
          min_version: this.novaRange.min,
          version: this.novaRange.max,
        },
      },
      '/placement/': {
        versions: [
          { id: 'v1.0', min_version: this.placementRange.min, max_version: this.placementRange.max },
        ],
      },
      '/image/': { versions: [{ id: 'v2.9', status: 'CURRENT', links: [] }, { id: 'v2.7' }] },
      '/network/v2.0/extensions': { extensions: this.extensions.map((alias) => ({ alias })) },
    };
    const document = method === 'GET' ? documents[path] : undefined;
    if (document) return { status: path === '/image/' ? 300 : 200, body: document };
    return {
      status: 404,
      body: { itemNotFound: { code: 404, message: `${method} ${path} was not taught` } },
    };
  }

  private async logIn(request: FakeRequest): Promise<FakeReply> {
    this.logins += 1;
    const token = `token-${this.logins}`;
    if (this.loginMs > 0) await new Promise((go) => setTimeout(go, this.loginMs));
    if (!JSON.stringify(request.body).includes(`"${this.password}"`)) return unauthorized;
    this.validTokens.add(token);
    return { status: 201, headers: { 'X-Subject-Token': token }, body: this.tokenBody() };
  }

  private tokenBody(): TokenResponseWire {
    const now = Date.now();
    const types = ['compute', 'network', 'image', 'placement', 'identity'];
    const versions: Record<string, string> = { compute: '/v2.1' };
    return {
      token: {
        methods: ['password'],
        issued_at: new Date(now).toISOString(),
        expires_at: new Date(now + this.tokenLifetimeMs).toISOString(),
        user: { id: 'u1', name: 'demo', domain: { id: 'default', name: 'Default' } },
        project: { id: 'p1', name: 'demo', domain: { id: 'default', name: 'Default' } },
        roles: [{ id: 'r1', name: 'member' }],
        catalog: types.map((type) => ({
          id: type,
          type,
          name: type,
          endpoints: (['public', 'internal', 'admin'] as const).map((facing) => ({
            id: `${type}-${facing}`,
            interface: facing,
            region: 'RegionOne',
            region_id: 'RegionOne',
            url: `${this.url}/${type}${versions[type] ?? ''}`,
          })),
        })),
      },
    };
  }
}

const unauthorized: FakeReply = {
  status: 401,
  body: {
    error: {
      code: 401,
      title: 'Unauthorized',
      message: 'The request you have made requires authentication.',
    },
  },
};

const notAcceptable: FakeReply = {
  status: 406,
  body: { computeFault: { code: 406, message: 'Version is not supported by the API.' } },
};

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, reply: Exclude<FakeReply, string>): void {
  const { status = 200, headers = {}, body } = reply;
  const isText = typeof body === 'string';
  const type = isText ? 'text/html' : 'application/json';
  response.writeHead(status, {
    'X-Openstack-Request-Id': 'req-from-service',
    'Content-Type': type,
    ...headers,
  });
  response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
}
