import type { Log } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import { Gauge } from 'prom-client';

/**
 * A gauge of what only the database knows, read whenever metrics are asked for: shown by the API, since conductors may
 * all be dead. The metrics of the process itself must be seen also while the database is away.
 */
export function databaseGauge(
  log: Log,
  [name, help, labelNames]: readonly [string, string, string[]],
  read: (shown: Gauge) => Promise<void>,
): void {
  // A second application in one process (tests) shows its own.
  metrics.removeSingleMetric(name);
  const shown: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [metrics],
    collect: () =>
      read(shown).catch((error: unknown) =>
        log.warn('a metric could not be read', { metric: name, reason: String(error) }),
      ),
  });
}
