import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { waitForAnswer } from '../datastores/running-server.js';
import type { ServerPlan } from '../datastores/server-plan.js';
import { readDevConfig, repository, type DevConfig } from '../dev.config.js';
import { runProgram } from '../process/run-program.js';
import { runTool } from '../process/run-tool.js';
import { Advice, say } from '../progress.js';
import { BACKOFF } from '../supervisor/service.js';
import { Supervisor } from '../supervisor/supervisor.js';
import { ApiClient } from './api-client.js';
import { clusterAccess, SIMULATED_CLUSTERS, type ClusterAccess } from './clusters.js';
import { instanceOf, readSecret, type Instance } from './instance.js';
import { clearLeftovers, requireFreePorts } from './leftovers.js';
import { announce } from './announce.js';
import { ensureCluster, ensureGroups, waitForProbe } from './registration.js';
import {
  apiService,
  conductorService,
  datastorePlans,
  datastoreService,
  settingsOf,
  simulatorService,
  simulatorUrl,
  type Settings,
} from './services.js';
import { readStartOptions, type StartOptions } from './start.options.js';

/** `npm start`: an instance with all it needs, until Ctrl-C. */
export async function start(args: string[]): Promise<number> {
  const options = readStartOptions(args);
  const config = readDevConfig();
  const instance = instanceOf(config);
  await clearLeftovers(instance);
  await build();
  const supervisor = new Supervisor({
    logFolder: instance.logs,
    processFile: instance.processFile,
    backoff: { ...BACKOFF, longestMs: config.restartMs },
  });
  const stopped = stopOnSignal(supervisor);
  try {
    const clusters = await bringUp(config, instance, options, supervisor);
    announce({
      instance,
      options,
      clusters,
      token: readSecret(instance, 'admin-token'),
      pids: supervisor.pids,
    });
  } catch (error) {
    await supervisor.stop();
    if (!stopped.isAsked()) throw error;
  }
  await stopped.done;
  return 0;
}

async function build(): Promise<void> {
  say('building');
  const projects = ['apps/ultron-api', 'apps/ultron-conductor', 'tools/openstack-sim'];
  if ((await runTool('tsc', ['-b', ...projects])) !== 0) throw new Advice('It does not compile: see above.');
}

async function bringUp(
  config: DevConfig,
  instance: Instance,
  options: StartOptions,
  supervisor: Supervisor,
): Promise<ClusterAccess[]> {
  const plans = await datastorePlans(config, instance);
  await requireFreePorts(portsNeeded(instance, plans, options));
  await startDatastore('database', plans.database, supervisor);
  await startDatastore('redis', plans.redis, supervisor);
  const settings = settingsOf(instance, plans);
  await migrate(instance, settings);
  say('starting ultron-api');
  await supervisor.start(apiService(instance, settings));
  const api = new ApiClient(instance.url, readSecret(instance, 'admin-token'));
  const accesses = options.simulator ? await startSimulator(instance, supervisor) : [];
  const groups = await ensureGroups(
    api,
    options.simulator ? SIMULATED_CLUSTERS.map(({ group }) => group) : ['default'],
  );
  for (const [index, group] of options.conductors ? groups.entries() : []) {
    say(`starting ultron-conductor of group ${group}`);
    await supervisor.start(conductorService(settings, group, instance.ports.conductors + index));
  }
  if (options.simulator) await registerClusters(api, accesses, options);
  return accesses;
}

async function startDatastore(name: string, plan: ServerPlan, supervisor: Supervisor): Promise<void> {
  const service = datastoreService(name, plan);
  say(service ? `starting the ${name}: ${plan.origin}` : `using the ${name} of ${plan.origin}`);
  if (service) return supervisor.start(service);
  await plan.prepare();
  await waitForAnswer(plan, null, '');
}

async function migrate(instance: Instance, settings: Settings): Promise<void> {
  say('bringing the schema up to date');
  const env = { ...process.env, ...settings };
  const output = await runProgram(
    process.execPath,
    [join(repository, 'apps/ultron-api/dist/main.js'), 'migrate'],
    {
      env,
    },
  );
  mkdirSync(instance.logs, { recursive: true });
  appendFileSync(join(instance.logs, 'migrate.log'), output);
}

async function startSimulator(instance: Instance, supervisor: Supervisor): Promise<ClusterAccess[]> {
  say(`starting ${SIMULATED_CLUSTERS.length} simulated clusters`);
  const password = readSecret(instance, 'simulator-password');
  await supervisor.start(simulatorService(instance, password));
  return SIMULATED_CLUSTERS.map((cluster) => clusterAccess(cluster, simulatorUrl(instance), password));
}

async function registerClusters(
  api: ApiClient,
  accesses: readonly ClusterAccess[],
  { conductors }: StartOptions,
): Promise<void> {
  for (const cluster of SIMULATED_CLUSTERS) {
    const access = accesses.find(({ name }) => name === cluster.name);
    if (access) await ensureCluster(api, cluster, access);
  }
  if (!conductors) return;
  say('waiting until the conductors have looked at the clusters');
  for (const { name } of SIMULATED_CLUSTERS) await waitForProbe(api, name);
}

function portsNeeded(
  instance: Instance,
  plans: Record<'database' | 'redis', ServerPlan>,
  options: StartOptions,
): number[] {
  const { ports } = instance;
  return [
    ports.api,
    ...(options.simulator ? [ports.simulator] : []),
    ...(plans.database.launch ? [ports.database] : []),
    ...(plans.redis.launch ? [ports.redis] : []),
    ...(options.conductors ? [ports.conductors] : []),
    ...(options.conductors && options.simulator ? [ports.conductors + 1] : []),
  ];
}

/** The first signal stops everything in order; further ones change nothing about it. */
function stopOnSignal(supervisor: Supervisor): { isAsked(): boolean; done: Promise<void> } {
  let asked = false;
  const done = new Promise<void>((resolve, reject) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (asked) return;
        asked = true;
        supervisor.stop().then(resolve, reject);
      });
    }
  });
  return { isAsked: () => asked, done };
}
