import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { TaskRef } from '@ultron/tasks/task/task.types';
import { AdoptionMatches } from '../adoption/adoption.matches.js';
import type { ClusterPlace } from '../cluster-place.repository.js';
import type { Finding } from '../finding/finding.entity.js';
import { FindingList } from '../finding/finding.list.js';
import { FindingService } from '../finding/finding.service.js';
import { repairTask, type RepairOrigin } from '../finding/repair.task.js';
import { withDefaults } from '../policy/brake.rules.js';
import { type PolicyPlace, repairedByItself } from '../policy/policy.rules.js';
import { PolicyRepository } from '../policy/policy.repository.js';
import { judgeRepairs } from '../policy/repair-brake.rules.js';
import type { ReconcileRound } from './reconcile-round.entity.js';
import { RoundRepository } from './round.repository.js';
import { recordBrake } from './round.trail.js';

/** What is known of a cluster whose findings are acted on. */
export interface RepairPlace {
  cluster: ClusterPlace;
  tier: string | null;
  /** All that Ultron has in the cluster. */
  owned: number;
}

/** Repairs, and adoptions, begun by one round; the next one comes soon. */
const MOST_AT_ONCE = 500;

/**
 * What is done without being asked: repairs that policy wants, and adoptions by rule. Nothing of it begins where it is
 * stopped, and nothing when so much is wanted at once that a person has to look.
 */
@Injectable()
export class SelfRepair {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(FindingList) private readonly lists: FindingList,
    @Inject(FindingService) private readonly service: FindingService,
    @Inject(PolicyRepository) private readonly policies: PolicyRepository,
    @Inject(RoundRepository) private readonly rounds: RoundRepository,
    @Inject(AdoptionMatches) private readonly adoptions: AdoptionMatches,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  /** Begins what may begin, at most so much of each, and returns how much it was. */
  async act(
    place: RepairPlace,
    origin: RepairOrigin,
    signal: AbortSignal,
    most = MOST_AT_ONCE,
  ): Promise<{ repairs: number; adoptions: number }> {
    const repairs = await this.repair(place, origin, most);
    this.tasks.ring(repairs);
    const adoptions = await this.adopt(place.cluster, origin, signal, most);
    this.tasks.ring(adoptions);
    return { repairs: repairs.length, adoptions: adoptions.length };
  }

  private async repair(place: RepairPlace, origin: RepairOrigin, most: number): Promise<TaskRef[]> {
    const { cluster } = place;
    return this.unlessStopped(cluster.id, async (tx, round) => {
      const rows = await this.policies.all(tx);
      const sorts = repairedByItself(rows, policyPlace(place));
      const load = {
        wanted: await this.lists.countRepairable(tx, cluster.id, sorts),
        begun: await this.rounds.begunLastHour(tx, cluster.id),
        owned: place.owned,
      };
      const verdict = judgeRepairs(load, rows, policyPlace(place), withDefaults(round));
      if (verdict.kind === 'go')
        return this.beginAll(tx, await this.lists.repairable(tx, cluster.id, sorts, most), cluster, origin);
      await this.rounds.brake(tx, cluster.id, verdict.reason);
      const braked = (await this.rounds.lock(tx, cluster.id)) ?? round;
      await recordBrake(tx, 'stopped', round, braked, verdict.reason);
      return [];
    });
  }

  private async beginAll(
    tx: Transaction,
    wanted: readonly Finding[],
    cluster: ClusterPlace,
    origin: RepairOrigin,
  ): Promise<TaskRef[]> {
    const begun: TaskRef[] = [];
    for (const finding of wanted) {
      const task = repairTask(finding, cluster.conductorGroup, origin);
      if (await this.service.begin(tx, finding, task, 'reconciler')) begun.push(task);
    }
    return begun;
  }

  /** However many orphans there are that no rule names, those behind them are looked at as well. */
  private async adopt(
    cluster: ClusterPlace,
    origin: RepairOrigin,
    signal: AbortSignal,
    most: number,
  ): Promise<TaskRef[]> {
    const rules = await this.adoptions.enabled();
    const begun: TaskRef[] = [];
    if (!rules.length) return begun;
    for await (const orphans of this.orphans(cluster.id, most)) {
      const wishes = await this.adoptions.wishesOf(rules, orphans, cluster.id);
      const some = wishes.slice(0, most - begun.length);
      if (some.length) {
        begun.push(
          ...(await this.unlessStopped(cluster.id, (tx) => this.adoptions.adopt(tx, some, cluster, origin))),
        );
      }
      if (signal.aborted || begun.length >= most) break;
    }
    return begun;
  }

  private async *orphans(clusterId: string, limit: number): AsyncGenerator<Finding[]> {
    for (let after: { value: null; id: string } | undefined; ;) {
      const page = await this.lists.list(
        this.database.read,
        { clusterId, kind: 'orphan', state: 'open' },
        { limit, sort: 'id', order: 'asc', after },
      );
      yield page.slice(0, limit);
      const last = page.at(limit - 1);
      if (!last || page.length <= limit) return;
      after = { value: null, id: last.id };
    }
  }

  /** Under the lock of the cluster's row, so that no two rounds judge and begin at once. */
  private async unlessStopped(
    clusterId: string,
    work: (tx: Transaction, round: ReconcileRound) => Promise<TaskRef[]>,
  ): Promise<TaskRef[]> {
    return this.database.transaction(async (tx) => {
      const round = await this.rounds.lock(tx, clusterId);
      return round && !round.brakedAt ? work(tx, round) : [];
    });
  }
}

const policyPlace = ({ cluster, tier }: RepairPlace): PolicyPlace => ({ clusterId: cluster.id, tier });
