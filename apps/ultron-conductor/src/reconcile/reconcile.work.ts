import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import { NotificationSourceRepository } from '@ultron/reconcile/notification-source/notification-source.repository';
import type { NotificationSourceService } from '@ultron/reconcile/notification-source/notification-source.service';
import type { ReconcileRounds } from '@ultron/reconcile/round/reconcile-rounds';
import { RoundRepository } from '@ultron/reconcile/round/round.repository';
import type { HourlyReport } from '@ultron/report/hourly-report';
import type { RefreshService } from '@ultron/sync/refresh/refresh.service';
import { NotificationWork } from '../notification/notification.work.js';
import { Reporter } from '../report/reporter.js';
import { Reconciler } from './reconciler.js';

export interface ReconcileWorkOptions {
  database: Database;
  log: Log;
  conductorGroup: string;
  conductorId: string;
  refreshes: RefreshService;
  rounds: ReconcileRounds;
  service: NotificationSourceService;
  report: HourlyReport;
}

/** What a conductor does about the clusters of its group without being asked: it compares, listens and sums up. */
export class ReconcileWork {
  private readonly loops: readonly { start(): void; stop(): Promise<void> }[];

  constructor(options: ReconcileWorkOptions) {
    this.loops = [
      new Reconciler({
        ...options,
        roundRows: new RoundRepository(),
      }),
      new NotificationWork({
        ...options,
        sources: new NotificationSourceRepository(),
      }),
      new Reporter(options.report, options.log),
    ];
  }

  start(): void {
    for (const loop of this.loops) loop.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }
}
