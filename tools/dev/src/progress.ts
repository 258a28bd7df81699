const started = performance.now();

/** One line for the person who waits, on stderr: stdout belongs to what scripts read. */
export function say(line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`[${seconds} s] ${line}\n`);
}

/** An error that a person can act on: shown as its message alone, without a stack. */
export class Advice extends Error {
  override readonly name = 'Advice';
}
