import type { IncomingMessage, ServerResponse } from 'node:http';
import { seededRandom } from './clock/random.js';
import { SimClock } from './clock/sim-clock.js';
import { Cluster } from './cluster/cluster.js';
import type { ClusterOptions } from './cluster/cluster.settings.js';
import { DEFAULT_PASSWORD, DEFAULT_PROJECT, DEFAULT_USER, seedCluster } from './cluster/cluster.seed.js';
import { fillCluster } from './cluster/cluster.fill.js';
import { Control } from './control/control.js';
import { Meddlers } from './control/meddlers.js';
import { serveControl } from './control/control.routes.js';
import { FaultEngine } from './fault/fault.engine.js';
import { Counters } from './http/counters.js';
import { Exchange } from './http/exchange.js';
import { Listener } from './http/listener.js';
import { RequestLog } from './http/request-log.js';
import { serveAll } from './neutron/service-port.js';
import { StateFile } from './state/state-file.js';

export interface SimulatorOptions {
  clusters: ClusterOptions[];
  /** 0, the default, takes a free one. */
  port?: number;
  host?: string;
  /** A file in which the state is kept over a restart; without it everything is forgotten. */
  stateFile?: string;
  /** Makes the random choices (delays, jitter, MAC addresses) the same in each run. */
  seed?: number;
  /** How many of the last requests are kept for inspection; default 20,000. */
  journalSize?: number;
  warn?: (message: string) => void;
}

export interface SimulatedCluster {
  name: string;
  release: string;
  idc: string | undefined;
  authUrl: string;
  username: string;
  password: string;
  projectName: string;
  userDomainName: string;
  projectDomainName: string;
  region: string;
}

export interface Simulator {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  clusters: SimulatedCluster[];
  /** What the control API offers, without HTTP. */
  control: Control;
  /** Puts `count` running servers, each with so many ports of its own (1), into a cluster at once. */
  fill(cluster: string, count: number, portsEach?: number): void;
  close(): Promise<void>;
}

/** Starts the simulated clusters under one port; resolves when they answer. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const clock = new SimClock();
  const clusters = new Map<string, Cluster>();
  const state = options.stateFile ? new StateFile(options.stateFile) : undefined;
  const settled = () => state?.flush();
  const seed = options.seed ?? Date.now() % 0x7fffffff;
  for (const [index, one] of options.clusters.entries()) {
    if (clusters.has(one.name)) throw new Error(`two clusters are called ${one.name}`);
    clusters.set(
      one.name,
      new Cluster(one, {
        clock,
        seed: seed + index,
        onChange: (cluster, table, id) => state?.changed(cluster, table, id),
        settled,
      }),
    );
  }
  const restored = state?.load(clusters) ?? new Set<string>();
  for (const [index, cluster] of [...clusters.values()].entries()) {
    if (restored.has(cluster.name)) serveAll(cluster);
    else seedCluster(cluster, index);
    cluster.lifecycle.resume();
  }
  settled();

  const faults = new FaultEngine(seededRandom(seed ^ 0x5bd1e995));
  const log = new RequestLog(options.journalSize ?? 20_000);
  const counters = new Counters();
  const exchange = new Exchange({
    clusters,
    faults,
    log,
    counters,
    settled,
    warn: options.warn ?? (() => undefined),
  });
  const listeners = new Map<string, Listener>();
  const meddlers = new Meddlers();
  const control = new Control({ clusters, clock, faults, log, counters, listeners, meddlers, settled });
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const served = request.url?.startsWith('/_sim')
      ? serveControl(control, request, response)
      : exchange.serve(request, response);
    served.catch(() => response.destroy());
  };
  const main = new Listener(host, options.port ?? 0, onRequest);
  await main.open();
  for (const { name, ownPort } of options.clusters) {
    if (ownPort === undefined) continue;
    const own = new Listener(host, ownPort, onRequest);
    await own.open();
    listeners.set(name, own);
  }

  return {
    url: `http://${host}:${main.port}`,
    clusters: options.clusters.map((one) =>
      describe(one, `http://${host}:${listeners.get(one.name)?.port ?? main.port}`),
    ),
    control,
    fill: (name, count, portsEach) => fillCluster(control.cluster(name), count, portsEach),
    close: async () => {
      meddlers.close();
      await Promise.all([main, ...listeners.values()].map((listener) => listener.close()));
      clock.close();
      state?.close();
    },
  };
}

function describe(one: ClusterOptions, origin: string): SimulatedCluster {
  return {
    name: one.name,
    release: one.release,
    idc: one.idc,
    authUrl: `${origin}/${one.name}/identity/v3`,
    username: one.username ?? DEFAULT_USER,
    password: one.password ?? DEFAULT_PASSWORD,
    projectName: one.projectName ?? DEFAULT_PROJECT,
    userDomainName: 'Default',
    projectDomainName: 'Default',
    region: one.region ?? 'RegionOne',
  };
}
