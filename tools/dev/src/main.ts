import { Advice } from './progress.js';

/** Each command is loaded only when it is asked for. */
const COMMANDS: Record<string, () => Promise<(args: string[]) => Promise<number>>> = {
  start: async () => (await import('./start/start.command.js')).start,
  test: async () => (await import('./test/test.command.js')).test,
  lint: async () => (await import('./lint/lint.command.js')).lint,
  ci: async () => (await import('./ci/ci.command.js')).ci,
  bench: async () => (await import('./bench.command.js')).bench,
  'test-lab': async () => (await import('./test/test-lab.command.js')).testLab,
};

async function main(name: string | undefined, args: string[]): Promise<number> {
  const load = COMMANDS[name ?? ''];
  if (!load)
    throw new Advice(`There is no command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}.`);
  return (await load())(args);
}

try {
  process.exitCode = await main(process.argv[2], process.argv.slice(3));
} catch (error) {
  process.stderr.write(`\n${error instanceof Advice ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
