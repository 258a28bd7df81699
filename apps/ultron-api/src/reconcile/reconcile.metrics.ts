import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { Log } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import { FindingList } from '@ultron/reconcile/finding/finding.list';
import { RoundRepository } from '@ultron/reconcile/round/round.repository';
import { Gauge } from 'prom-client';

/**
 * What only the database knows of findings, for alarms: shown by the API, since conductors may all be dead. By kind,
 * state and what policy wants; never by cluster or subject.
 */
@Injectable()
export class ReconcileMetrics implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Log) private readonly log: Log,
    @Inject(FindingList) private readonly findings: FindingList,
    @Inject(RoundRepository) private readonly rounds: RoundRepository,
  ) {}

  onModuleInit(): void {
    const guarded = (work: () => Promise<void>) => () =>
      work().catch((error: unknown) =>
        this.log.warn('findings could not be counted for the metrics', { reason: String(error) }),
      );
    gauge('ultron_findings', 'Findings that are not resolved.', ['kind', 'state'], (shown) =>
      guarded(async () => {
        const counts = await this.findings.counts(this.database.read);
        shown.reset();
        for (const { kind, state, n } of counts) shown.inc({ kind, state }, n);
      })(),
    );
    gauge('ultron_findings_undecided', 'Open findings for which policy asks a person.', ['kind'], (shown) =>
      guarded(async () => {
        const counts = await this.findings.undecided(this.database.read);
        shown.reset();
        for (const { kind, n } of counts) shown.set({ kind }, n);
      })(),
    );
    gauge('ultron_repair_brakes', 'Clusters in which repairs are stopped.', [], (shown) =>
      guarded(async () => shown.set(await this.findings.braked(this.database.read)))(),
    );
    gauge(
      'ultron_reconcile_round_age_seconds',
      'Since the last comparison that ended well, in the cluster where that is longest.',
      [],
      (shown) => guarded(async () => shown.set(await this.rounds.oldest(this.database.read)))(),
    );
  }
}

function gauge(
  name: string,
  help: string,
  labelNames: string[],
  read: (shown: Gauge) => Promise<void>,
): void {
  // A second application in one process (tests) shows its own.
  metrics.removeSingleMetric(name);
  const shown: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [metrics],
    collect: () => read(shown),
  });
}
