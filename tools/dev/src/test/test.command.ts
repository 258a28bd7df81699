import { runAllTests } from './test-run.js';

/** `npm test`: arguments go to nx, e.g. `npm test -- --projects=@ultron/kernel`. */
export async function test(args: string[]): Promise<number> {
  const { passed, failed } = await runAllTests(args);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}
