import type { Log } from '../logging/logger.js';

/** Longer than this no shutdown takes; what is unfinished then is cut off. Leases hand it to others. */
const SHUTDOWN_MS = 5_000;

/** Ends the process in good order at SIGTERM and SIGINT; a second signal changes nothing. */
export function endOnSignal(log: Log, close: () => Promise<void>): void {
  let ending = false;
  const end = (signal: string) => {
    if (ending) return;
    ending = true;
    log.info('shutting down', { signal });
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('the shutdown failed', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
