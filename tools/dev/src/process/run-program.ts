import { spawn } from 'node:child_process';

export interface RunOptions {
  cwd?: string;
  input?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is killed; without it, it may take as long as it takes. */
  timeoutMs?: number;
}

/** Runs a program to its end and returns what it wrote to stdout; throws with the end of its output if it fails. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let out = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => ((out += text), (all += text)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (all += text));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(out);
      reject(new Error(`${command} ended with ${signal ?? code}: ${all.slice(-1500).trim()}`));
    });
    // A program that ends without reading its input is judged by its exit code, not by the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
