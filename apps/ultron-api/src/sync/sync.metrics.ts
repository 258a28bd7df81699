import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { GroupAlarms } from '@ultron/cluster/conductor-group/group-alarms';
import { Database } from '@ultron/platform/database/database.service';
import { Log } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import { LaneClassRepository } from '@ultron/sync/lane/lane-class.repository';
import { Gauge } from 'prom-client';

/** All gauges of a family are shown from one reading of the database. */
const ONE_READING_MS = 1_000;

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
    const lanes: Gauges = family({
      read: () => this.guarded(() => this.readLanes(lanes)),
      gauges: {
        count: ['ultron_sync_lanes', 'Lanes by kind, tier and state.', ['kind', 'tier', 'state']],
        lag: [
          'ultron_sync_lag_seconds',
          'How far the lane of this class that is furthest behind is behind.',
          ['kind', 'tier'],
        ],
        objective: [
          'ultron_sync_objective_seconds',
          'How far the lanes of this class may be behind: the objective of their tier, and more for kinds that hardly change.',
          ['kind', 'tier'],
        ],
      },
    });
    const groups: Gauges = family({
      read: () => this.guarded(() => this.readGroups(groups)),
      gauges: {
        living: ['ultron_conductor_group_conductors', 'Living conductors of the group.', ['group']],
        waiting: [
          'ultron_conductor_group_tasks_waiting',
          'Tasks that are due and that nobody takes.',
          ['group'],
        ],
        unserved: [
          'ultron_conductor_group_unserved',
          '1 when the group has clusters or tasks and nobody who serves them.',
          ['group'],
        ],
      },
    });
  }

  private async readLanes(gauges: Gauges): Promise<void> {
    const classes = await this.classes.list(this.database.read);
    reset(gauges);
    const worst = new Map<string, number>();
    for (const { kind, tier, state, lanes, lagSeconds, objectiveSeconds } of classes) {
      gauges['count']?.set({ kind, tier, state }, lanes);
      // Nobody waits for a lane at rest.
      if (state === 'paused' || state === 'resting') continue;
      const lag = Math.max(worst.get(`${kind}/${tier}`) ?? 0, lagSeconds);
      worst.set(`${kind}/${tier}`, lag);
      gauges['lag']?.set({ kind, tier }, lag);
      gauges['objective']?.set({ kind, tier }, objectiveSeconds);
    }
  }

  private async readGroups(gauges: Gauges): Promise<void> {
    const groups = await this.groups.list();
    reset(gauges);
    for (const { name: group, living, tasksWaiting, alarm } of groups) {
      gauges['living']?.set({ group }, living);
      gauges['waiting']?.set({ group }, tasksWaiting);
      gauges['unserved']?.set({ group }, alarm === null ? 0 : 1);
    }
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

type Gauges = Record<string, Gauge>;

interface Family {
  read: () => Promise<void>;
  /** Name, help and labels of each. */
  gauges: Record<string, [string, string, string[]]>;
}

function family({ read, gauges }: Family): Gauges {
  let reading: Promise<void> | undefined;
  const collect = (): Promise<void> => {
    reading ??= read().finally(() => setTimeout(() => (reading = undefined), ONE_READING_MS).unref());
    return reading;
  };
  const all = Object.entries(gauges).map(([key, [name, help, labelNames]]) => {
    // An application that is put together anew in the same process takes the place of the one before.
    metrics.removeSingleMetric(name);
    return [key, new Gauge({ name, help, labelNames, registers: [metrics], collect })] as const;
  });
  return Object.fromEntries(all);
}

const reset = (gauges: Gauges): void => Object.values(gauges).forEach((gauge) => gauge.reset());
