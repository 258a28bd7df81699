import type { LoggerService } from '@nestjs/common';
import type { Log } from './logger.js';

/** Lets Nest write its own messages through ours. */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.target.debug(String(message), context(rest));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.target.warn(String(message), context(rest));
  }
  error(message: unknown, ...rest: unknown[]): void {
    const error = message instanceof Error ? message : undefined;
    this.target.error(error?.message ?? String(message), { error, ...context(rest) });
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.target.debug(String(message), context(rest));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.target.debug(String(message), context(rest));
  }
}

// Nest passes the name of the class as the last argument, and a stack before it.
function context(rest: unknown[]): Record<string, unknown> {
  const name = rest.at(-1);
  const stack = rest.length > 1 ? rest[0] : undefined;
  return { ...(typeof name === 'string' ? { context: name } : {}), ...(stack ? { stack } : {}) };
}
