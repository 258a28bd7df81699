import { parseArgs } from 'node:util';
import { lines, table, writeJson, type Figure } from './figures.js';

/** Each scenario is loaded only when it runs. */
const SCENARIOS: Record<string, () => Promise<() => Promise<Figure[]>>> = {
  accept: async () => (await import('./accept/accept.scenario.js')).accept,
  burst: async () => (await import('./burst/burst.scenario.js')).burst,
  'burst-lab': async () => (await import('./burst-lab/burst-lab.scenario.js')).burstLab,
  addresses: async () => (await import('./addresses/addresses.scenario.js')).addresses,
  'addresses-lab': async () => (await import('./addresses/addresses-lab.scenario.js')).addressesLab,
  sync: async () => (await import('./sync/sync-full.scenario.js')).syncFull,
  lanes: async () => (await import('./lanes/lanes.scenario.js')).lanes,
  'sync-growth': async () => (await import('./sync/sync-growth.scenario.js')).syncGrowth,
  'sync-changes': async () => (await import('./sync/sync-changes.scenario.js')).syncChanges,
  reconcile: async () => (await import('./reconcile/reconcile.scenario.js')).reconcile,
  upheaval: async () => (await import('./upheaval/upheaval.scenario.js')).upheaval,
  memory: async () => (await import('./memory/memory.scenario.js')).memory,
};
/** The lab needs root and minutes; it is measured when asked for. */
const DEFAULT = ['accept', 'burst', 'addresses', 'sync', 'sync-growth', 'sync-changes', 'lanes', 'memory'];

const USAGE = `npm run bench [-- SCENARIO…] [--json FILE]
scenarios: ${Object.keys(SCENARIOS).join(', ')}; without any: ${DEFAULT.join(', ')}`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'string' } },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : DEFAULT;
  const unknown = names.filter((name) => !SCENARIOS[name]);
  if (unknown.length > 0) {
    console.error(`There is no scenario ${unknown.join(', ')}.\n${USAGE}`);
    return 2;
  }
  const figures: Figure[] = [];
  for (const name of names) {
    console.error(`running ${name}`);
    const run = await SCENARIOS[name]?.();
    figures.push(...((await run?.()) ?? []));
  }
  if (values.json) await writeJson(values.json, figures);
  console.log(`${table(figures)}\n\n${lines(figures)}`);
  return 0;
}

process.exitCode = await main();
