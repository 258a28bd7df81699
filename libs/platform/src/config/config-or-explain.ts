import { ConfigError } from './env.js';

/** The configuration; undefined, and said in plain words, when it is not right. The process is to end then. */
export function configOrExplain<Config>(read: () => Config): Config | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}
