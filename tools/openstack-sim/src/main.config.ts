import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ClusterOptions } from './cluster/cluster.settings.js';
import type { SimulatorOptions } from './simulator.js';

export const USAGE = `Usage: node main.js [options]
  --clusters NAME:RELEASE[:IDC],…  clusters to simulate
  --config FILE                    JSON: the options of startSimulator (clusters, port, host, stateFile, seed)
  --port N                         default 0, a free one
  --host ADDRESS                   default 127.0.0.1
  --state FILE                     keep the state there over restarts
  --lifecycle fast|realistic       how long servers take, for clusters that say nothing else; default fast
  --seed N                         repeatable delays and choices
  --password TEXT                  of the users, for clusters that say nothing else (or --password-file FILE)
One JSON line is printed when all is ready. SIGTERM or SIGINT ends it.`;

/** Reads the command line and the file it names; throws an Error that says what is wrong. */
export function optionsOf(args: string[]): SimulatorOptions | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      clusters: { type: 'string' },
      config: { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string' },
      state: { type: 'string' },
      lifecycle: { type: 'string' },
      seed: { type: 'string' },
      password: { type: 'string' },
      'password-file': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const file =
    values.config === undefined
      ? { clusters: [] }
      : (JSON.parse(readFileSync(values.config, 'utf8')) as SimulatorOptions);
  const clusters = [...file.clusters, ...(values.clusters === undefined ? [] : clustersOf(values.clusters))];
  if (clusters.length === 0) throw new Error('No clusters: give --clusters or --config.');
  if (values.lifecycle !== undefined && values.lifecycle !== 'fast' && values.lifecycle !== 'realistic') {
    throw new Error('--lifecycle is fast or realistic.');
  }
  const password =
    values['password-file'] === undefined
      ? values.password
      : readFileSync(values['password-file'], 'utf8').trim();
  const defaults: Partial<ClusterOptions> = {
    ...(values.lifecycle ? { lifecycle: values.lifecycle } : {}),
    ...(password ? { password } : {}),
  };
  return {
    ...file,
    clusters: clusters.map((cluster): ClusterOptions => ({ ...defaults, ...cluster })),
    ...(values.port === undefined ? {} : { port: whole('--port', values.port) }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.state === undefined ? {} : { stateFile: values.state }),
    ...(values.seed === undefined ? {} : { seed: whole('--seed', values.seed) }),
  };
}

function clustersOf(text: string): ClusterOptions[] {
  return text.split(',').map((one) => {
    const [name, release, idc] = one.trim().split(':');
    if (!name || !release) throw new Error(`"${one}" is not NAME:RELEASE[:IDC].`);
    return { name, release, ...(idc ? { idc } : {}) };
  });
}

function whole(option: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`${option} needs a whole number, not "${text}".`);
  return Number(text);
}
