import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

/**
 * The least that must be done to have what is in clusters: all pages of servers, ports and hypervisors are downloaded
 * and parsed, and forgotten. No database, no comparison, no record: what a full pass of Ultron is measured against.
 *
 * `bare-client.main.js FILE`: a JSON list of clusters. Signs in, says `ready`, waits for a line, and prints what it took.
 */
interface BareCluster {
  authUrl: string;
  username: string;
  password: string;
  projectName: string;
}

interface Session {
  pool: Pool;
  token: string;
  compute: string;
  network: string;
  /** The minor number of the newest microversion here. */
  newest: number;
}

interface Link {
  rel: string;
  href: string;
}

type Page = Record<string, unknown>;

/** As many lists at once in a cluster as Ultron allows itself. */
const CONNECTIONS = 4;
const SERVERS_KNOWN = 96;
const HYPERVISORS_KNOWN = 87;

const counts = { bytes: 0, objects: 0, pages: 0 };

async function main(file: string): Promise<void> {
  const clusters = JSON.parse(readFileSync(file, 'utf8')) as BareCluster[];
  const sessions = await Promise.all(clusters.map(signIn));
  console.log('ready');
  await once(process.stdin, 'data');
  // Signing in is not measured: Ultron's conductors hold their tokens.
  Object.assign(counts, { bytes: 0, objects: 0, pages: 0 });
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(sessions.map(listAll));
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ ms, cpu_ms: (user + system) / 1000, ...counts }));
  process.stdin.destroy();
  await Promise.all(sessions.map(({ pool }) => pool.close()));
}

async function listAll(session: Session): Promise<void> {
  const { compute, network, newest } = session;
  // As Ultron asks: what it knows, and the cluster too.
  const version = (known: number) => `2.${Math.min(known, newest)}`;
  await Promise.all([
    list(session, `${compute}/servers/detail?limit=1000&all_tenants=1`, 'servers', version(SERVERS_KNOWN)),
    list(session, `${network}/v2.0/ports?limit=1000`, 'ports'),
    list(session, `${compute}/os-hypervisors/detail?limit=1000`, 'hypervisors', version(HYPERVISORS_KNOWN)),
  ]);
}

async function list(session: Session, first: string, name: string, version?: string): Promise<void> {
  for (let path: string | undefined = first; path !== undefined;) {
    const page: Page = await get(session, path, version);
    counts.pages += 1;
    counts.objects += (page[name] as unknown[]).length;
    const next = (page[`${name}_links`] as Link[] | undefined)?.find(({ rel }) => rel === 'next');
    path = next && `${first.split('?')[0] ?? ''}${new URL(next.href).search}`;
  }
}

async function get({ pool, token }: Session, path: string, version?: string): Promise<Page> {
  const { statusCode, body } = await pool.request({
    method: 'GET',
    path,
    headers: {
      'x-auth-token': token,
      ...(version
        ? { 'openstack-api-version': `compute ${version}`, 'x-openstack-nova-api-version': version }
        : {}),
    },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${text.slice(0, 500)}`);
  counts.bytes += Buffer.byteLength(text);
  return JSON.parse(text) as Page;
}

async function signIn(cluster: BareCluster): Promise<Session> {
  const url = new URL(cluster.authUrl);
  const pool = new Pool(url.origin, { connections: CONNECTIONS });
  const domain = { name: 'Default' };
  const user = { name: cluster.username, password: cluster.password, domain };
  const { headers, body } = await pool.request({
    method: 'POST',
    path: `${url.pathname}/auth/tokens`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user } },
        scope: { project: { name: cluster.projectName, domain } },
      },
    }),
  });
  const { token } = (await body.json()) as {
    token: { catalog: { type: string; endpoints: { interface: string; url: string }[] }[] };
  };
  const endpoint = (type: string): string => {
    const found = token.catalog
      .find((service) => service.type === type)
      ?.endpoints.find((each) => each.interface === 'public');
    if (!found) throw new Error(`${cluster.authUrl} has no ${type}`);
    return new URL(found.url).pathname.replace(/\/$/, '');
  };
  const session = {
    pool,
    token: String(headers['x-subject-token']),
    compute: endpoint('compute'),
    network: endpoint('network'),
    newest: 1,
  };
  const { version } = (await get(session, `${session.compute}/`)) as { version: { version: string } };
  return { ...session, newest: Number(version.version.split('.')[1]) };
}

await main(process.argv[2] ?? '');
