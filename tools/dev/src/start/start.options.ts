import { Advice } from '../progress.js';

export interface StartOptions {
  /** Print one line of JSON on stdout when ready. */
  json: boolean;
  /** Start the simulated clusters and register them. */
  simulator: boolean;
}

const USAGE = `npm start [-- OPTION…]
  --json     when ready, print one line of JSON on stdout: url, token, clusters, pids, data_dir
  --no-sim   start without simulated clusters
Environment: ULTRON_DATA_DIR (.ultron), ULTRON_PORT_BASE (7700), ULTRON_DATABASE_URL, ULTRON_REDIS_URL`;

export function readStartOptions(args: readonly string[]): StartOptions {
  const unknown = args.filter((arg) => arg !== '--json' && arg !== '--no-sim');
  if (unknown.length > 0) throw new Advice(`${unknown.join(' ')}?\n${USAGE}`);
  return { json: args.includes('--json'), simulator: !args.includes('--no-sim') };
}
