import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ObservedReader, type StoredObject } from '@ultron/sync/observed/observed.reader';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { TaskRef } from '@ultron/tasks/task/task.types';
import type { ClusterPlace } from '../cluster-place.repository.js';
import type { Finding } from '../finding/finding.entity.js';
import type { RepairOrigin } from '../finding/repair.task.js';
import { type Adoptable, isAdoptable } from './adoptable.js';
import type { AdoptionRule } from './adoption.entity.js';
import { AdoptionRepository } from './adoption.repository.js';
import { AdoptionRuleRepository } from './adoption-rule.repository.js';
import { type Adoptee, matches } from './adoption.rules.js';
import { ADOPTION_TASK, adoptionTask, newAdoption } from './adoption.task.js';

/** What a rule says is to be adopted. */
export interface RuleWish {
  rule: AdoptionRule;
  kind: Adoptable;
  id: string;
}

/** Adopts what rules say is to be adopted, as soon as it is found. */
@Injectable()
export class AdoptionMatches {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ObservedReader) private readonly observed: ObservedReader,
    @Inject(AdoptionRepository) private readonly adoptions: AdoptionRepository,
    @Inject(AdoptionRuleRepository) private readonly rules: AdoptionRuleRepository,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  /** The rules that hold now. */
  async enabled(): Promise<AdoptionRule[]> {
    return this.rules.enabled(this.database.read);
  }

  /** Those of the orphans of the cluster that a rule names. */
  async wishesOf(
    rules: readonly AdoptionRule[],
    orphans: readonly Finding[],
    clusterId: string,
  ): Promise<RuleWish[]> {
    const wishes: RuleWish[] = [];
    for (const [kind, found] of Map.groupBy(orphans, ({ subjectKind }) => subjectKind)) {
      if (!isAdoptable(kind)) continue;
      const ids = found.flatMap(({ openstackId }) => openstackId ?? []);
      const objects = await this.observed.findMany(this.database.read, { clusterId, kind }, ids);
      for (const object of objects) {
        const rule = rules.find((one) => matches(one, adopteeOf(kind, object)));
        if (rule) wishes.push({ rule, kind, id: object.id });
      }
    }
    return wishes;
  }

  /** Asks for the adoptions. Ring what is returned, after the commit. */
  async adopt(
    tx: Transaction,
    wishes: readonly RuleWish[],
    place: ClusterPlace,
    origin: RepairOrigin,
  ): Promise<TaskRef[]> {
    if (!wishes.length) return [];
    const wanted = wishes.map(({ rule, kind, id }) =>
      newAdoption({
        clusterId: place.id,
        subjectKind: kind,
        openstackId: id,
        projectId: rule.projectId,
        ruleId: rule.id,
        mark: rule.mark,
      }),
    );
    const taken = await this.adoptions.ask(tx, wanted);
    const tasks = taken.map((one) => adoptionTask(one, ADOPTION_TASK.adopt, place.conductorGroup, origin));
    if (tasks.length) await this.tasks.createMany(tx, tasks);
    return tasks;
  }
}

export const adopteeOf = (kind: Adoptable, object: StoredObject): Adoptee => {
  const metadata = object.fields['metadata'];
  return {
    kind,
    clusterId: object.clusterId,
    name: object.name,
    openstackProjectId: object.projectId,
    metadata: metadata !== null && typeof metadata === 'object' ? { ...metadata } : {},
  };
};
