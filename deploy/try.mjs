// Tries the deployment for real: brings it up with the simulated clusters, has servers created while an api and a
// conductor are killed, changes the number of containers and looks who does the work, and takes all of it down.
//   node deploy/try.mjs [--split] [--keep]        Docker with Compose and Node 20 or later are needed
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const port = process.env.ULTRON_PORT ?? '18080';
const url = `http://127.0.0.1:${port}`;
const isSplit = process.argv.includes('--split');
const project = `ultron-try${isSplit ? '-split' : ''}`;
const files = [
  'docker-compose.yml',
  'docker-compose.sim.yml',
  ...(isSplit ? ['docker-compose.split.yml'] : []),
];
const compose = [
  'compose',
  '--progress=quiet',
  ...['--project-name', project],
  ...files.flatMap((file) => ['--file', join(folder, file)]),
];
// The service whose conductors create the servers of the group `default`.
const conductor = isSplit ? 'ultron-conductor-compute' : 'ultron-conductor';
const api = isSplit ? 'ultron-api-compute' : 'ultron-api';

const started = performance.now();
const say = (line) =>
  console.log(`[${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s] ${line}`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function docker(...args) {
  const env = { ...process.env, ULTRON_PORT: port };
  return execFileSync('docker', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

function check(condition, text) {
  if (!condition) throw new Error(`it is not so that ${text}`);
  say(`ok: ${text}`);
}

const containers = (service) =>
  docker(...compose, 'ps', '--quiet', service)
    .split('\n')
    .filter(Boolean);
const nameOf = (container) => docker('inspect', '--format', '{{.Name}}', container).slice(1);

async function call(method, path, body, headers = {}) {
  const token = readFileSync(join(folder, 'secrets/admin_token'), 'utf8').trim();
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

async function until(what, seconds, condition) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    // While an api is being killed a single answer may be lost.
    if (await condition().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(500);
  }
}

async function serversNamed(prefix) {
  const { servers } = await call('GET', '/v1/servers?limit=1000');
  return servers.filter(({ name }) => name.startsWith(prefix));
}

function create(name, count) {
  const body = { name, count, flavor: 'm1.small', image: 'cirros', network: 'private' };
  return call('POST', '/v1/servers', body, { 'idempotency-key': `try-${name}-${Date.now()}` });
}

const allActive = (prefix, count) => async () => {
  const servers = await serversNamed(prefix);
  return servers.length === count && servers.every(({ status }) => status === 'active');
};

/** What runs in the simulated clusters, as they themselves count it. */
function inClusters(kind) {
  const script = `const clusters = await (await fetch('http://127.0.0.1:9000/_sim/clusters')).json();
    let sum = 0;
    for (const name of clusters) {
      const state = await (await fetch('http://127.0.0.1:9000/_sim/clusters/' + name)).json();
      sum += state.${kind}.filter((one) => String(one.name).startsWith(process.argv[1])).length;
    }
    console.log(sum);`;
  return (prefix) => {
    const [simulator] = containers('simulator');
    return Number(docker('exec', simulator, 'node', '--input-type=module', '-e', script, prefix));
  };
}

/** How many servers each container of a service has created since it was started. */
function created(service) {
  const script = `console.log(await (await fetch('http://127.0.0.1:8081/metrics')).text())`;
  return containers(service).map((container) => {
    const text = docker('exec', container, 'node', '--input-type=module', '-e', script);
    const lines = text
      .split('\n')
      .filter((line) => /^ultron_tasks_ended_total\{.*kind="server\.create"/.test(line));
    return {
      name: nameOf(container),
      count: lines.reduce((sum, line) => sum + Number(line.split(' ').pop()), 0),
    };
  });
}

async function killedInTheMiddle() {
  await create('kill', 20);
  await until('the first of the 20 servers is being built', 60, async () =>
    (await serversNamed('kill')).some(({ status }) => status !== 'requested'),
  );
  const victims = [containers(api)[0], containers(conductor)[0]];
  for (const victim of victims) {
    docker('kill', '--signal', 'KILL', victim);
    say(`killed ${nameOf(victim)}`);
  }
  await until('all 20 servers are active', 180, allActive('kill', 20));
  check(true, 'all 20 servers became active although an api and a conductor were killed');
  check(inClusters('servers')('kill') === 20, 'the clusters have 20 servers, none twice');
}

async function scaled(name, apis, conductors) {
  docker(
    ...compose,
    ...['up', '--detach', '--no-build', '--no-recreate', '--wait', '--wait-timeout', '120'],
    ...['--scale', `${api}=${apis}`, '--scale', `${conductor}=${conductors}`, api, conductor],
  );
  const before = new Map(created(conductor).map((one) => [one.name, one.count]));
  await create(name, 60);
  await until('all 60 servers are active', 240, allActive(name, 60));
  const work = created(conductor).map((one) => ({ ...one, count: one.count - (before.get(one.name) ?? 0) }));
  for (const { name: container, count } of work) say(`${container} created ${count}`);
  check(work.length === conductors, `${conductors} conductors of the group run`);
  check(
    work.every(({ count }) => count > 0),
    'each of them had a share of the work',
  );
}

execFileSync(join(folder, 'make-secrets'), { stdio: 'inherit' });
try {
  say('building the images and starting everything');
  docker(...compose, 'up', '--detach', '--build', '--quiet-pull');
  docker(...compose, 'wait', 'register');
  say(docker(...compose, 'ps', '--format', 'table {{.Name}}\t{{.Status}}'));
  const { clusters } = await call('GET', '/v1/clusters');
  check(clusters.length === 3, 'three clusters are registered');
  await killedInTheMiddle();
  await scaled('more', 3, 3);
  await scaled('less', 1, 1);
  say('everything is as it should be');
} catch (error) {
  console.error(docker(...compose, 'logs', '--tail', '15', api, conductor, 'register', 'migrate'));
  throw error;
} finally {
  if (!process.argv.includes('--keep')) docker(...compose, 'down', '--volumes', '--timeout', '10');
}
