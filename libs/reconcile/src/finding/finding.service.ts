import { Inject, Injectable } from '@nestjs/common';
import { clusterTakesNoChanges } from '@ultron/cluster/cluster/cluster.faults';
import { takesChanges } from '@ultron/cluster/cluster/cluster.state';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { ClusterPlaces } from '../cluster-place.repository.js';
import type { Finding, FindingEventRow } from './finding.entity.js';
import { findingNotFound, findingNotRepairable, findingStateConflict } from './finding.faults.js';
import { FindingList, type FindingFilter, type FindingSort } from './finding.list.js';
import { FindingRepository } from './finding.repository.js';
import type { Proposal } from './finding.kinds.js';
import { afterDecision } from './finding.state.js';
import { RepairFacts } from './repair-facts.repository.js';
import { recipeFor, type Recipe, type RepairCall } from './repairs.js';
import { repairTask, type RepairOrigin } from './repair.task.js';

/** Who decides about a finding: the actor of the audit trail. */
export interface Decider extends RepairOrigin {
  actor: string;
}

/** What a repair would do. */
export interface RepairPlan {
  finding: Finding;
  would: Proposal;
  /** What the cluster would be asked to change; none: only Ultron's own rows change. */
  calls: RepairCall[];
}

/** What operators do with findings. */
@Injectable()
export class FindingService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(FindingRepository) private readonly findings: FindingRepository,
    @Inject(FindingList) private readonly lists: FindingList,
    @Inject(ClusterPlaces) private readonly places: ClusterPlaces,
    @Inject(TaskService) private readonly tasks: TaskService,
    @Inject(RepairFacts) private readonly facts: RepairFacts,
  ) {}

  /** @throws Fault `finding_not_found`, also for another project's. */
  async get(id: string, projectId: string | undefined): Promise<Finding> {
    const finding = await this.findings.find(this.database.read, id);
    if (!finding || (projectId !== undefined && finding.projectId !== projectId)) throw findingNotFound(id);
    return finding;
  }

  async list(filter: FindingFilter, page: Page<FindingSort>): Promise<Finding[]> {
    return this.lists.list(this.database.read, filter, page);
  }

  async events(id: string, page: Page<'id'>): Promise<FindingEventRow[]> {
    return this.lists.events(this.database.read, id, page);
  }

  /**
   * Has the finding repaired, whatever its policy: a person said so. Ring the task after the commit.
   * @throws Fault `finding_not_found`, `finding_state_conflict`, `finding_not_repairable`, `cluster_takes_no_changes`.
   */
  async repair(
    tx: Transaction,
    id: string,
    decider: Decider,
    check: (version: number) => void = () => undefined,
  ): Promise<{ finding: Finding; task: NewTask }> {
    const finding = await this.locked(tx, id);
    check(finding.version);
    if (afterDecision(finding.state, 'repair') === null)
      throw findingStateConflict(finding.state, 'repaired');
    repairOf(finding);
    const place = await this.places.get(tx, finding.clusterId);
    if (!takesChanges(place.state)) throw clusterTakesNoChanges(place);
    const task = repairTask(finding, place.conductorGroup, decider);
    await this.begin(tx, finding, task, decider.actor);
    return { finding: await this.locked(tx, id), task };
  }

  /**
   * What a repair would do, by what is known now; nothing is asked of the cluster.
   * @throws Fault `finding_not_found`, `finding_not_repairable`.
   */
  async repairPlan(id: string): Promise<RepairPlan> {
    const finding = await this.get(id, undefined);
    const { proposal, recipe } = repairOf(finding);
    const wish = await this.facts.wish(this.database.read, finding);
    // Of what is gone from our rows there is nothing to tell the cluster.
    return { finding, would: proposal, calls: wish ? recipe.callsOf(wish) : [] };
  }

  /** Whether the repair was begun: another may have been a moment earlier. */
  async begin(tx: Transaction, finding: Finding, task: NewTask, actor: string): Promise<boolean> {
    if (!(await this.findings.beginRepair(tx, finding.id, task.id))) return false;
    await this.tasks.createMany(tx, [task]);
    await this.findings.audit(tx, [
      {
        findingId: finding.id,
        action: 'repair_begun',
        actor,
        taskId: task.id,
        detail: { proposal: finding.proposal },
      },
    ]);
    return true;
  }

  /** @throws Fault `finding_not_found`, `finding_state_conflict`. */
  async ignore(tx: Transaction, id: string, actor: string, reason: string | null): Promise<Finding> {
    return this.decide(tx, id, 'ignore', 'ignored', actor, reason);
  }

  /** @throws Fault `finding_not_found`, `finding_state_conflict`. */
  async reopen(tx: Transaction, id: string, actor: string, reason: string | null): Promise<Finding> {
    return this.decide(tx, id, 'reopen', 'reopened', actor, reason);
  }

  private async decide(
    tx: Transaction,
    id: string,
    decision: 'ignore' | 'reopen',
    word: 'ignored' | 'reopened',
    actor: string,
    reason: string | null,
  ): Promise<Finding> {
    const finding = await this.locked(tx, id);
    const next = afterDecision(finding.state, decision);
    if (next !== 'open' && next !== 'ignored') throw findingStateConflict(finding.state, word);
    await this.findings.setState(tx, id, next);
    await this.findings.audit(tx, [
      { findingId: id, action: word, actor, detail: reason ? { reason } : null },
    ]);
    return this.locked(tx, id);
  }

  private async locked(tx: Transaction, id: string): Promise<Finding> {
    const finding = await this.findings.lock(tx, id);
    if (!finding) throw findingNotFound(id);
    return finding;
  }
}

/** @throws Fault `finding_not_repairable`. */
function repairOf({ kind, subjectKind, proposal }: Finding): { proposal: Proposal; recipe: Recipe } {
  if (proposal?.action === 'adopt')
    throw findingNotRepairable('A project has to be named: adopt it with POST /v1/adoptions.');
  const recipe = recipeFor(kind, subjectKind);
  if (!proposal || !recipe) throw findingNotRepairable('Nothing can be done about this by machine.');
  return { proposal, recipe };
}
