import { Advice } from '../progress.js';

export interface StartOptions {
  /** Print one line of JSON on stdout when ready. */
  json: boolean;
  /** Start the simulated clusters and register them. */
  simulator: boolean;
  /** Start a conductor for each group. */
  conductors: boolean;
}

const USAGE = `npm start [-- OPTION…]
  --json           when ready, print one line of JSON on stdout: url, token, clusters, pids, data_dir
  --no-sim         start without simulated clusters
  --no-conductors  start none: whoever starts the instance starts them himself
Environment: ULTRON_DATA_DIR (.ultron), ULTRON_PORT_BASE (7700), ULTRON_DATABASE_URL, ULTRON_REDIS_URL`;

const OPTIONS = ['--json', '--no-sim', '--no-conductors'];

export function readStartOptions(args: readonly string[]): StartOptions {
  const unknown = args.filter((arg) => !OPTIONS.includes(arg));
  if (unknown.length > 0) throw new Advice(`${unknown.join(' ')}?\n${USAGE}`);
  return {
    json: args.includes('--json'),
    simulator: !args.includes('--no-sim'),
    conductors: !args.includes('--no-conductors'),
  };
}
