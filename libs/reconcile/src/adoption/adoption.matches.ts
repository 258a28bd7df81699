import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
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
import { adoptionOf } from './adoption.task.js';

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

  /** Asks for the adoption of those orphans that a rule names. Ring what is returned. */
  async adopt(orphans: readonly Finding[], place: ClusterPlace, origin: RepairOrigin): Promise<TaskRef[]> {
    const rules = await this.rules.enabled(this.database.read);
    if (!rules.length || !orphans.length) return [];
    const wishes: { rule: AdoptionRule; kind: Adoptable; id: string }[] = [];
    for (const [kind, found] of Map.groupBy(orphans, ({ subjectKind }) => subjectKind)) {
      if (!isAdoptable(kind)) continue;
      const ids = found.flatMap(({ openstackId }) => openstackId ?? []);
      const objects = await this.observed.findMany(this.database.read, { clusterId: place.id, kind }, ids);
      for (const object of objects) {
        const rule = rules.find((one) => matches(one, adopteeOf(kind, object)));
        if (rule) wishes.push({ rule, kind, id: object.id });
      }
    }
    return this.ask(wishes, place, origin);
  }

  private async ask(
    wishes: readonly { rule: AdoptionRule; kind: Adoptable; id: string }[],
    place: ClusterPlace,
    origin: RepairOrigin,
  ): Promise<TaskRef[]> {
    if (!wishes.length) return [];
    const made = wishes.map(({ rule, kind, id }) =>
      adoptionOf(
        {
          clusterId: place.id,
          subjectKind: kind,
          openstackId: id,
          projectId: rule.projectId,
          ruleId: rule.id,
          mark: rule.mark,
        },
        place.conductorGroup,
        origin,
      ),
    );
    return this.database.transaction(async (tx) => {
      const taken = await this.adoptions.insertMany(
        tx,
        made.map(({ adoption }) => adoption),
      );
      const tasks = made.filter(({ adoption }) => taken.has(adoption.id)).map(({ task }) => task);
      if (tasks.length) await this.tasks.createMany(tx, tasks);
      return tasks;
    });
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
