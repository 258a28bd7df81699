import { benchClusters } from '../instance/size.config.js';

/** How large and how long the upheaval is; for trying it out, less than what it is meant for. */
export interface UpheavalSize {
  clusters: number;
  /** In each cluster. */
  servers: number;
  portsEach: number;
  hypervisors: number;
  /** For so long nothing is left in peace. */
  seconds: number;
  /** Changes that outsiders make in all clusters together. */
  changesPerSecond: number;
}

/** Forty clusters of 750 servers, 1,500 ports and 125 hypervisors, unless the environment says otherwise. */
export function upheavalSize(env: NodeJS.ProcessEnv = process.env): UpheavalSize {
  const clusters = benchClusters(env);
  return {
    clusters,
    servers: 750,
    portsEach: 2,
    hypervisors: 125,
    seconds: Number(env['ULTRON_BENCH_SECONDS'] ?? 360),
    changesPerSecond: Number(env['ULTRON_BENCH_CHANGES'] ?? clusters / 2),
  };
}

/** A folder in which the logs of conductors stay; without it they are not kept. */
export const logFolder = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env['ULTRON_BENCH_LOGS'];
