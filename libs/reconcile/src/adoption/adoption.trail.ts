import type { Transaction } from '@ultron/platform/database/transaction';
import { type Kept, recordEvent } from '@ultron/platform/trail/trail';
import type { Adoption, AdoptionRule } from './adoption.entity.js';

/** What a person adopted or gave up; what rules adopt follows from the rules. */
export async function recordAdoption(
  tx: Transaction,
  before: Adoption | null,
  after: Adoption,
): Promise<void> {
  await recordEvent(tx, {
    subject: { kind: 'adoption', id: after.id },
    action: before ? 'released' : 'created',
    before: before && shownAdoption(before),
    after: shownAdoption(after),
  });
}

const shownAdoption = (adoption: Adoption) => ({
  cluster_id: adoption.clusterId,
  kind: adoption.subjectKind,
  openstack_id: adoption.openstackId,
  project_id: adoption.projectId,
  mark: Boolean(adoption.mark),
  status: adoption.status,
  task_id: adoption.taskId,
});

export const RULE: Kept<AdoptionRule> = {
  kind: 'adoption_rule',
  idOf: ({ id }) => id,
  shown: (rule) => ({
    name: rule.name,
    project_id: rule.projectId,
    kinds: rule.subjectKinds,
    cluster_id: rule.clusterId,
    openstack_project_id: rule.openstackProjectId,
    name_pattern: rule.namePattern,
    metadata: rule.metadata,
    mark: Boolean(rule.mark),
    enabled: Boolean(rule.enabled),
  }),
};
