import type { Transaction } from '@ultron/platform/database/transaction';
import { recordEvent } from '@ultron/platform/trail/trail';
import type { Adoption, AdoptionRule } from './adoption.entity.js';
import type { NewAdoptionRule } from './adoption-rule.repository.js';

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

export async function recordRule(
  tx: Transaction,
  action: 'created' | 'changed' | 'removed',
  before: AdoptionRule | null,
  after: AdoptionRule | null,
): Promise<void> {
  const id = (after ?? before)?.id ?? '';
  await recordEvent(tx, {
    subject: { kind: 'adoption_rule', id },
    action,
    before: before && shownRule(before),
    after: after && shownRule(after),
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

const shownRule = (rule: NewAdoptionRule) => ({
  name: rule.name,
  project_id: rule.projectId,
  kinds: rule.subjectKinds,
  cluster_id: rule.clusterId,
  openstack_project_id: rule.openstackProjectId,
  name_pattern: rule.namePattern,
  metadata: rule.metadata,
  mark: Boolean(rule.mark),
  enabled: Boolean(rule.enabled),
});
