import { Inject, Injectable } from '@nestjs/common';
import { clusterTakesNoChanges } from '@ultron/cluster/cluster/cluster.faults';
import { takesChanges } from '@ultron/cluster/cluster/cluster.state';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { recordChange } from '@ultron/platform/trail/trail';
import { ObservedReader } from '@ultron/sync/observed/observed.reader';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { ClusterPlaces, type ClusterPlace } from '../cluster-place.repository.js';
import { FindingList } from '../finding/finding.list.js';
import { RECONCILE_DOMAIN, type RepairOrigin } from '../finding/repair.task.js';
import { ADOPTABLE, type Adoptable } from './adoptable.js';
import { AdoptedRepository } from './adopted.repository.js';
import type { AdoptedRow, Adoption, AdoptionRule } from './adoption.entity.js';
import { adopteeOf } from './adoption.matches.js';
import { AdoptionPlan, type Thing } from './adoption.plan.js';
import { type AdoptionFilter, AdoptionRepository } from './adoption.repository.js';
import { AdoptionRuleRepository, type NewAdoptionRule } from './adoption-rule.repository.js';
import {
  adoptionExists,
  adoptionNotFound,
  adoptionStateConflict,
  adoptionSubjectBusy,
  ruleNotFound,
} from './adoption.faults.js';
import { asksNothing, matches } from './adoption.rules.js';
import { ADOPTION_TASK, adoptionTask, newAdoption } from './adoption.task.js';
import { recordAdoption, RULE } from './adoption.trail.js';

export interface AdoptionWish {
  cluster: string;
  kind: Adoptable;
  openstackId: string;
  projectId: string;
  mark: boolean;
}

/** Orphans that one request for a rule takes; what is left is taken by the rounds that follow. */
const MOST_BY_RULE = 1000;

export interface RuleMatch {
  clusterId: string;
  kind: Adoptable;
  openstackId: string;
  name: string | null;
}

/** Taking over what Ultron did not make, one by one and by rule, and giving it up again. */
@Injectable()
export class AdoptionService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AdoptionRepository) private readonly adoptions: AdoptionRepository,
    @Inject(AdoptedRepository) private readonly adopted: AdoptedRepository,
    @Inject(AdoptionRuleRepository) private readonly rules: AdoptionRuleRepository,
    @Inject(AdoptionPlan) private readonly planner: AdoptionPlan,
    @Inject(FindingList) private readonly findings: FindingList,
    @Inject(ObservedReader) private readonly observed: ObservedReader,
    @Inject(ClusterPlaces) private readonly places: ClusterPlaces,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  /** The rows that would come to be. @throws Fault as `adopt`. */
  async plan(wish: AdoptionWish): Promise<AdoptedRow[]> {
    const read = this.database.read;
    const place = await this.places.get(read, wish.cluster);
    return this.planner.rowsOf(read, thingOf(wish, place), wish.projectId);
  }

  /**
   * Ring the task after the commit.
   * @throws Fault `cluster_not_found`, `adoptee_unknown`, `adoptee_ours`, `adoptee_attached`, `adoption_exists`,
   * `cluster_takes_no_changes`.
   */
  async adopt(
    tx: Transaction,
    wish: AdoptionWish,
    origin: RepairOrigin,
  ): Promise<{ adoption: Adoption; task: NewTask }> {
    const place = await this.changeable(tx, wish.cluster);
    const thing = thingOf(wish, place);
    await this.planner.find(tx, thing);
    const [taken] = await this.adoptions.ask(tx, [
      newAdoption({
        clusterId: place.id,
        subjectKind: wish.kind,
        openstackId: wish.openstackId,
        projectId: wish.projectId,
        ruleId: null,
        mark: wish.mark,
      }),
    ]);
    if (!taken) throw adoptionExists(wish);
    const task = adoptionTask(taken, ADOPTION_TASK.adopt, place.conductorGroup, origin);
    await this.tasks.createMany(tx, [task]);
    const made = await this.required(tx, taken.id);
    await recordAdoption(tx, null, made);
    return { adoption: made, task };
  }

  async get(id: string, projectId: string | undefined): Promise<Adoption> {
    const adoption = await this.adoptions.find(this.database.read, id);
    if (!adoption || (projectId !== undefined && adoption.projectId !== projectId))
      throw adoptionNotFound(id);
    return adoption;
  }

  async list(filter: AdoptionFilter, page: Page<'id'>): Promise<Adoption[]> {
    return this.adoptions.list(this.database.read, filter, page);
  }

  /**
   * Gives it up: in its cluster it stays. Ring the task after the commit.
   * @throws Fault `adoption_not_found`, `adoption_state_conflict`, `adoption_subject_busy`, `cluster_takes_no_changes`.
   */
  async release(
    tx: Transaction,
    id: string,
    origin: RepairOrigin,
  ): Promise<{ adoption: Adoption; task: NewTask }> {
    const adoption = await this.adoptions.lock(tx, id);
    if (!adoption) throw adoptionNotFound(id);
    if (adoption.status !== 'adopted') throw adoptionStateConflict(adoption.status);
    const place = await this.changeable(tx, adoption.clusterId);
    const task = adoptionTask(
      { ...adoption, taskId: newId() },
      ADOPTION_TASK.release,
      place.conductorGroup,
      origin,
    );
    await this.takeIdle(tx, adoption, task.id);
    await this.tasks.createMany(tx, [task]);
    await this.adoptions.handTo(tx, id, task.id, 'releasing');
    const releasing = await this.required(tx, id);
    await recordAdoption(tx, adoption, releasing);
    return { adoption: releasing, task };
  }

  /** Its row is the release's from now on. A task that is at work on it could mark it again after it was unmarked. */
  private async takeIdle(
    tx: Transaction,
    { subjectKind: kind, resourceId: id }: Adoption,
    taskId: string,
  ): Promise<void> {
    if (kind === 'network' || !(await this.adopted.lock(tx, kind, id))) return;
    if (await this.adopted.isAtWork(tx, kind, id)) throw adoptionSubjectBusy(kind, id);
    await this.adopted.handTo(tx, kind, id, taskId);
  }

  /** What a rule is about among the orphans there are now, at most a thousand. */
  async matching(rule: Omit<NewAdoptionRule, 'id'>): Promise<RuleMatch[]> {
    const read = this.database.read;
    const found: RuleMatch[] = [];
    for (let after: { value: null; id: string } | undefined; found.length < MOST_BY_RULE;) {
      const page = await this.findings.list(
        read,
        { kind: 'orphan', state: 'open', clusterId: rule.clusterId ?? undefined },
        { limit: 500, sort: 'id', order: 'asc', after },
      );
      for (const [clusterId, inCluster] of Map.groupBy(page, (finding) => finding.clusterId)) {
        for (const kind of ADOPTABLE) {
          const ids = inCluster
            .filter(({ subjectKind }) => subjectKind === kind)
            .flatMap(({ openstackId }) => openstackId ?? []);
          const released = await this.adoptions.releasedOf(read, { clusterId, kind }, ids);
          for (const object of await this.observed.findMany(read, { clusterId, kind }, ids)) {
            if (!released.has(object.id) && matches(rule, adopteeOf(kind, object)))
              found.push({ clusterId, kind, openstackId: object.id, name: object.name });
          }
        }
      }
      const last = page.at(-1);
      if (!last || page.length <= 500) break;
      after = { value: null, id: last.id };
    }
    return found.slice(0, MOST_BY_RULE);
  }

  /**
   * Keeps the rule, and adopts at once what it is about; what is found later is adopted when it is found. Ring the
   * tasks after the commit. Without anything to adopt there is no task.
   * @throws Fault `adoption_rule_too_wide`, `adoption_rule_name_taken`, `cluster_not_found`.
   */
  async addRule(
    tx: Transaction,
    rule: NewAdoptionRule,
    found: readonly RuleMatch[],
    origin: RepairOrigin,
  ): Promise<{ rule: AdoptionRule; parent: NewTask | null; tasks: NewTask[] }> {
    requireNarrow(rule);
    await this.rules.insert(tx, rule);
    const tasks = rule.enabled ? await this.adoptAll(tx, rule, found, origin) : [];
    const saved = await this.rules.find(tx, rule.id);
    if (!saved) throw ruleNotFound(rule.id);
    await recordChange(tx, RULE, null, saved);
    return { rule: saved, parent: tasks[0] ?? null, tasks };
  }

  private async adoptAll(
    tx: Transaction,
    rule: NewAdoptionRule,
    found: readonly RuleMatch[],
    origin: RepairOrigin,
  ): Promise<NewTask[]> {
    const places = new Map<string, ClusterPlace>();
    for (const { clusterId } of found) {
      if (!places.has(clusterId)) places.set(clusterId, await this.places.get(tx, clusterId));
    }
    const wanted = found.flatMap(({ clusterId, kind, openstackId }) => {
      const place = places.get(clusterId);
      if (!place || !takesChanges(place.state)) return [];
      const { projectId, id: ruleId, mark } = rule;
      return [newAdoption({ clusterId, subjectKind: kind, openstackId, projectId, ruleId, mark })];
    });
    const parentId = newId();
    const taken = await this.adoptions.ask(tx, wanted);
    const children = taken.flatMap((one) => {
      const place = places.get(one.clusterId);
      return place ? [adoptionTask(one, ADOPTION_TASK.adopt, place.conductorGroup, origin, parentId)] : [];
    });
    const [first] = children;
    if (!first) return [];
    const parent: NewTask = {
      id: parentId,
      kind: ADOPTION_TASK.adoptMany,
      domain: RECONCILE_DOMAIN,
      conductorGroup: first.conductorGroup,
      projectId: rule.projectId,
      resource: { kind: 'adoption_rule', id: rule.id },
      input: { rule_id: rule.id, count: children.length },
      childCount: children.length,
      traceId: origin.traceId,
      traceparent: origin.traceparent,
    };
    await this.tasks.createMany(tx, [parent, ...children]);
    return [parent, ...children];
  }

  async getRule(id: string): Promise<AdoptionRule> {
    const rule = await this.rules.find(this.database.read, id);
    if (!rule) throw ruleNotFound(id);
    return rule;
  }

  async listRules(
    filter: { projectId?: string | undefined; name?: string | undefined },
    page: Page<'id'>,
  ): Promise<AdoptionRule[]> {
    return this.rules.list(this.database.read, filter, page);
  }

  /** @throws Fault `adoption_rule_not_found`. */
  async setRuleEnabled(
    tx: Transaction,
    id: string,
    enabled: boolean,
    check: (version: number) => void,
  ): Promise<AdoptionRule> {
    const rule = await this.rules.lock(tx, id);
    if (!rule) throw ruleNotFound(id);
    check(rule.version);
    await this.rules.setEnabled(tx, id, enabled);
    const changed = (await this.rules.find(tx, id)) ?? rule;
    await recordChange(tx, RULE, rule, changed);
    return changed;
  }

  /** What it adopted stays adopted. @throws Fault `adoption_rule_not_found`. */
  async removeRule(tx: Transaction, id: string, check: (version: number) => void): Promise<void> {
    const rule = await this.rules.lock(tx, id);
    if (!rule) throw ruleNotFound(id);
    check(rule.version);
    await this.rules.remove(tx, id);
    await recordChange(tx, RULE, rule, null);
  }

  private async changeable(tx: Transaction, cluster: string): Promise<ClusterPlace> {
    const place = await this.places.get(tx, cluster);
    if (!takesChanges(place.state)) throw clusterTakesNoChanges(place);
    return place;
  }

  private async required(tx: Transaction, id: string): Promise<Adoption> {
    const adoption = await this.adoptions.find(tx, id);
    if (!adoption) throw adoptionNotFound(id);
    return adoption;
  }
}

/** A rule that is about everything would take over every cluster by mistake. */
export function requireNarrow(rule: Omit<NewAdoptionRule, 'id'>): void {
  if (!asksNothing(rule)) return;
  throw new Fault({
    code: 'adoption_rule_too_wide',
    category: 'invalid',
    detail: 'A rule names at least a cluster, an OpenStack project, a pattern of names or metadata.',
    fields: [{ pointer: '/name_pattern', detail: 'is needed where nothing else narrows the rule' }],
  });
}

const thingOf = (wish: AdoptionWish, place: ClusterPlace): Thing => ({
  clusterId: place.id,
  kind: wish.kind,
  openstackId: wish.openstackId,
});
