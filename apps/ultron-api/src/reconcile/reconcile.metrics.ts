import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { Log } from '@ultron/platform/logging/logger';
import { FindingList } from '@ultron/reconcile/finding/finding.list';
import { NotificationSourceRepository } from '@ultron/reconcile/notification-source/notification-source.repository';
import { RoundRepository } from '@ultron/reconcile/round/round.repository';
import { databaseGauge } from '../http/metrics/database.gauge.js';

/**
 * What there is to raise an alarm about findings: by kind, state and what policy wants, never by cluster or subject.
 * Clusters that are to be listened to are named, since a conductor that does not listen shows nothing of them.
 */
@Injectable()
export class ReconcileMetrics implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Log) private readonly log: Log,
    @Inject(FindingList) private readonly findings: FindingList,
    @Inject(RoundRepository) private readonly rounds: RoundRepository,
    @Inject(NotificationSourceRepository) private readonly sources: NotificationSourceRepository,
  ) {}

  onModuleInit(): void {
    const { log, findings, rounds, sources } = this;
    const { read } = this.database;
    databaseGauge(
      log,
      ['ultron_findings', 'Findings that are not resolved.', ['kind', 'state']],
      async (shown) => {
        const counts = await findings.counts(read);
        shown.reset();
        for (const { kind, state, n } of counts) shown.inc({ kind, state }, n);
      },
    );
    databaseGauge(
      log,
      ['ultron_findings_undecided', 'Open findings for which policy asks a person.', ['kind']],
      async (shown) => {
        const counts = await findings.undecided(read);
        shown.reset();
        for (const { kind, n } of counts) shown.set({ kind }, n);
      },
    );
    databaseGauge(
      log,
      ['ultron_repair_brakes', 'Clusters in which repairs are stopped.', []],
      async (shown) => shown.set(await findings.braked(read)),
    );
    databaseGauge(
      log,
      ['ultron_notification_sources', '1 for each cluster that is to be listened to.', ['cluster_id']],
      async (shown) => {
        const wanted = await sources.wanted(read);
        shown.reset();
        for (const clusterId of wanted) shown.set({ cluster_id: clusterId }, 1);
      },
    );
    databaseGauge(
      log,
      [
        'ultron_reconcile_round_age_seconds',
        'Since the last comparison that ended well, in the cluster where that is longest.',
        [],
      ],
      async (shown) => shown.set(await rounds.oldest(read)),
    );
  }
}
