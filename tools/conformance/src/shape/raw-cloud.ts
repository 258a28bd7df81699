/** How one OpenStack deployment is reached and logged in to. */
export interface ClusterAccess {
  name: string;
  /** The release's name, for example `zed`. */
  release: string;
  authUrl: string;
  username: string;
  password: string;
  projectName: string;
  userDomainName: string;
  projectDomainName: string;
  region: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** The decoded JSON, the text when it is none, or null when there is nothing. */
  body: unknown;
}

export interface Question {
  body?: unknown;
  /** The microversion header, for example `compute 2.79`. */
  version?: string;
  headers?: Record<string, string>;
  /** Sent instead of the admin's token; the empty string sends none. */
  token?: string;
}

interface TokenBody {
  token: { project: { id: string }; user: { id: string }; catalog: CatalogEntry[] };
}

interface CatalogEntry {
  type: string;
  endpoints: { interface: string; url: string }[];
}

/**
 * OpenStack's interfaces with nothing in between: what a target says can be held against what another says, and a
 * test can look at a cluster without the client that it tests.
 */
export class RawCloud {
  private constructor(
    readonly access: ClusterAccess,
    readonly token: string,
    readonly projectId: string,
    readonly userId: string,
    private readonly urls: ReadonlyMap<string, string>,
  ) {}

  static async login(access: ClusterAccess): Promise<RawCloud> {
    const answer = await send(`${access.authUrl}/auth/tokens`, 'POST', { body: passwordLogin(access) });
    if (answer.status !== 201)
      throw new Error(`${access.name}: no token: ${answer.status} ${JSON.stringify(answer.body)}`);
    const { token } = answer.body as TokenBody;
    const urls = token.catalog.map(
      ({ type, endpoints }) =>
        [type, endpoints.find((each) => each.interface === 'public')?.url ?? ''] as const,
    );
    const secret = answer.headers.get('x-subject-token') ?? '';
    return new RawCloud(
      access,
      secret,
      token.project.id,
      token.user.id,
      new Map([...urls, ['identity', access.authUrl]]),
    );
  }

  /** `path` is appended to the service's address in the catalogue; `^` at its start means the root of that address. */
  ask(service: string, method: string, path: string, question: Question = {}): Promise<Answer> {
    const base = this.urls.get(service);
    if (!base) throw new Error(`${this.access.name} has no ${service} in its catalogue`);
    const url = path.startsWith('^') ? base.replace(/\/v[\d.]+\/?$/, '') + path.slice(1) : base + path;
    return send(url, method, { token: this.token, ...question });
  }

  /** As `ask`, but anything other than success is an error; gives the body. */
  async must<Body>(service: string, method: string, path: string, question: Question = {}): Promise<Body> {
    const { status, body } = await this.ask(service, method, path, question);
    if (status >= 300) throw new Error(`${method} ${service}${path}: ${status} ${JSON.stringify(body)}`);
    return body as Body;
  }
}

export function passwordLogin(access: ClusterAccess) {
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: {
          user: { name: access.username, domain: { name: access.userDomainName }, password: access.password },
        },
      },
      scope: { project: { name: access.projectName, domain: { name: access.projectDomainName } } },
    },
  };
}

async function send(url: string, method: string, question: Question): Promise<Answer> {
  const { body, version, token } = question;
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token ? { 'X-Auth-Token': token } : {}),
      ...(version ? { 'OpenStack-API-Version': version } : {}),
      ...question.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(90_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: decoded(text) };
}

function decoded(text: string): unknown {
  if (!text) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
