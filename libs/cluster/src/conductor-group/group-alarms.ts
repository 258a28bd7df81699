import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { GroupViewRepository } from '@ultron/sync/membership/group-view.repository';
import { TaskService } from '@ultron/tasks/task/task.service';
import { GroupClustersRepository } from './group-clusters.repository.js';

export interface GroupState {
  name: string;
  clusters: { id: string; name: string }[];
  /** Conductors that were heard within two seconds. */
  living: number;
  /** Of those: they take nothing more. */
  leaving: number;
  lanes: number;
  /** Lanes that no living conductor owns. */
  unowned: number;
  /** Tasks that have been due for a while, and that nobody takes. */
  tasksWaiting: number;
  alarm: string | null;
}

/** How long a task waits in a group that is well, at most. */
const OVERDUE_MS = 5_000;

/** Whether each conductor group is served, and what waits if it is not. */
@Injectable()
export class GroupAlarms {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(GroupClustersRepository) private readonly clusters: GroupClustersRepository,
    @Inject(GroupViewRepository) private readonly members: GroupViewRepository,
    @Inject(TaskService) private readonly tasks: Pick<TaskService, 'overdueByGroup'>,
  ) {}

  /** All groups that are registered, and such that are not but have conductors or lanes. */
  async list(): Promise<GroupState[]> {
    const { read } = this.database;
    const clusters = await this.clusters.byGroup(read);
    const members = new Map((await this.members.list(read)).map((group) => [group.conductorGroup, group]));
    const waiting = await this.tasks.overdueByGroup(OVERDUE_MS);
    const names = new Set([...clusters.keys(), ...members.keys(), ...waiting.keys()]);
    return [...names].sort().map((name) => {
      const group = members.get(name);
      const state = {
        name,
        clusters: clusters.get(name) ?? [],
        living: group?.living ?? 0,
        leaving: group?.leaving ?? 0,
        lanes: group?.lanes ?? 0,
        unowned: group?.unowned ?? 0,
        tasksWaiting: waiting.get(name) ?? 0,
      };
      return { ...state, alarm: clusters.has(name) ? alarmOf(state) : alarmOfUnknown(state) };
    });
  }
}

/** Conductors of a group that nobody registered serve no cluster, and do not say so by failing. */
function alarmOfUnknown(state: Omit<GroupState, 'alarm'>): string | null {
  if (state.living > 0)
    return 'Conductors were started with this group, and there is no such group: is ULTRON_CONDUCTOR_GROUP as it should be?';
  return alarmOf(state);
}

function alarmOf({ clusters, living, leaving, tasksWaiting }: Omit<GroupState, 'alarm'>): string | null {
  if (clusters.length === 0 && tasksWaiting === 0) return null;
  if (living === 0)
    return 'No conductor of this group lives: its tasks wait, and nothing of its clusters is read.';
  if (living === leaving) return 'All conductors of this group are being drained: its tasks wait.';
  return null;
}
