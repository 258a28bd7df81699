import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { Log } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import { GroupAlarms } from '@ultron/cluster/conductor-group/group-alarms';
import { LaneClassRepository } from '@ultron/sync/lane/lane-class.repository';
import { Gauge } from 'prom-client';

/**
 * What only the database knows of lanes and conductor groups, shown by the API since conductors may all be dead. By
 * kind, tier, state and group: never by cluster.
 */
@Injectable()
export class SyncMetrics implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Log) private readonly log: Log,
    @Inject(LaneClassRepository) private readonly classes: LaneClassRepository,
    @Inject(GroupAlarms) private readonly groups: GroupAlarms,
  ) {}

  onModuleInit(): void {
    const lag = gauge(
      'ultron_sync_lag_seconds',
      'How far the lane of this class that is furthest behind is behind.',
      ['kind', 'tier'],
    );
    const lanes = gauge(
      'ultron_sync_lanes',
      'Lanes by kind, tier and state.',
      ['kind', 'tier', 'state'],
      () => this.readLanes(lanes, lag),
    );
    const alive = gauge('ultron_conductor_group_conductors', 'Living conductors of the group.', ['group']);
    const waiting = gauge(
      'ultron_conductor_group_tasks_waiting',
      'Tasks of the group that are due and that nobody takes.',
      ['group'],
    );
    const unserved = gauge(
      'ultron_conductor_group_unserved',
      '1 when the group has clusters or tasks and no living conductor.',
      ['group'],
      () => this.readGroups(alive, waiting, unserved),
    );
  }

  private async readLanes(lanes: Gauge, lag: Gauge): Promise<void> {
    await this.guarded(async () => {
      const classes = await this.classes.list(this.database.read);
      lanes.reset();
      lag.reset();
      const worst = new Map<string, { kind: string; tier: string; seconds: number }>();
      for (const { kind, tier, state, lanes: count, lagSeconds } of classes) {
        lanes.set({ kind, tier, state }, count);
        // Nobody waits for a lane at rest.
        if (state === 'paused' || state === 'resting') continue;
        const before = worst.get(`${kind}/${tier}`)?.seconds ?? 0;
        worst.set(`${kind}/${tier}`, { kind, tier, seconds: Math.max(before, lagSeconds) });
      }
      for (const { kind, tier, seconds } of worst.values()) lag.set({ kind, tier }, seconds);
    });
  }

  private async readGroups(alive: Gauge, waiting: Gauge, unserved: Gauge): Promise<void> {
    await this.guarded(async () => {
      const groups = await this.groups.list();
      for (const one of [alive, waiting, unserved]) one.reset();
      for (const group of groups) {
        alive.set({ group: group.name }, group.living);
        waiting.set({ group: group.name }, group.tasksWaiting);
        unserved.set({ group: group.name }, group.alarm === null ? 0 : 1);
      }
    });
  }

  /** The metrics of the process itself must be seen also while the database is away. */
  private async guarded(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.log.debug('lanes and groups could not be counted', { reason: String(error) });
    }
  }
}

function gauge(name: string, help: string, labelNames: string[], collect?: () => Promise<void>): Gauge {
  // An application that is put together anew in the same process takes the place of the one before.
  metrics.removeSingleMetric(name);
  return new Gauge({ name, help, labelNames, registers: [metrics], ...(collect ? { collect } : {}) });
}
