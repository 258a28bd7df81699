import { ADOPTABLE, type Adoptable } from '@ultron/reconcile/adoption/adoptable';
import {
  ADOPTION_STATUSES,
  type AdoptedRow,
  type Adoption,
  type AdoptionRule,
  type AdoptionStatus,
} from '@ultron/reconcile/adoption/adoption.entity';
import type { RuleMatch } from '@ultron/reconcile/adoption/adoption.service';
import {
  AnyJson,
  Bool,
  Id,
  Integer,
  OneOf,
  Part,
  Parts,
  Text,
  TextMap,
  Texts,
  Time,
} from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';
import { AcceptedTask } from '../task/task.dto.js';

const MARK_TEXT =
  'Put Ultron’s mark into the metadata of the server. Without it nothing is changed in the cluster.';

export class AdoptionCreateBody {
  @Text({ description: 'The cluster: name or id.', example: 'east-1' })
  cluster!: string;

  @OneOf(ADOPTABLE, { description: 'What it is.' })
  kind!: Adoptable;

  @Text({ description: 'Its id in OpenStack.', max: 64, example: '5a1c3e7f-0b2d-4c6e-8f90-123456789abc' })
  openstack_id!: string;

  @Id({ description: 'The project that gets it.' })
  project_id!: string;

  @Bool({ description: MARK_TEXT, optional: true, example: false })
  mark?: boolean;

  @Bool({ description: 'Only tell which rows would come to be.', optional: true, example: false })
  dry_run?: boolean;
}

export class AdoptionQuery extends PageQuery {
  @Id({ description: 'Only what this project has.', optional: true })
  project_id?: string;

  @Text({ description: 'Only those of this cluster: name or id.', example: 'east-1', optional: true })
  cluster?: string;

  @OneOf(ADOPTABLE, { description: 'Only such things.', optional: true })
  kind?: Adoptable;

  @OneOf(ADOPTION_STATUSES, { description: 'Only those in this status.', optional: true })
  status?: AdoptionStatus;

  @Text({ description: 'Only this thing of OpenStack.', max: 64, optional: true, example: null })
  openstack_id?: string;

  @SortBy(['id'])
  sort?: string;
}

export class AdoptedRowView {
  @OneOf(['server', 'port', 'network', 'address'], { description: 'What kind of row.' })
  kind!: string;

  @Text({ description: 'Its id; empty as long as it was not made.', min: 0, max: 36, example: '' })
  id!: string;

  @Text({ description: 'Its id in OpenStack.', nullable: true, example: null })
  openstack_id!: string | null;

  @AnyJson({ description: 'What of it is mapped, and its addresses.', example: { name: 'web-1' } })
  detail!: Record<string, unknown>;
}

export class AdoptionView {
  @Id({ description: 'The id of the adoption.' })
  id!: string;

  @Id({ description: 'The cluster.' })
  cluster_id!: string;

  @OneOf(ADOPTABLE, { description: 'What it is.' })
  kind!: Adoptable;

  @Text({ description: 'Its id in OpenStack.', max: 64, example: '5a1c3e7f-0b2d-4c6e-8f90-123456789abc' })
  openstack_id!: string;

  @Id({ description: 'The project that has it.' })
  project_id!: string;

  @Id({ description: 'What it is in Ultron: `/v1/servers/{id}` and the like.' })
  resource_id!: string;

  @Id({ description: 'The rule by which it was adopted.', nullable: true })
  rule_id!: string | null;

  @OneOf(ADOPTION_STATUSES, { description: 'Where it stands.' })
  status!: AdoptionStatus;

  @Bool({ description: MARK_TEXT })
  mark!: boolean;

  @Parts(() => AdoptedRowView, { description: 'The rows that came to be.', max: 1000 })
  rows!: AdoptedRow[];

  @AnyJson({ description: 'Why it failed.', nullable: true, example: null })
  fault!: Record<string, unknown> | null;

  @Id({ description: 'The task that does it, or did it last.' })
  task_id!: string;

  @Time({ description: 'When it was asked for.' })
  created_at!: string;

  @Time({ description: 'When it was changed last.' })
  updated_at!: string;
}

export class AdoptionPage {
  @Parts(() => AdoptionView, { description: 'The adoptions of this page.', max: 1000 })
  adoptions!: AdoptionView[];

  @NextLink()
  next!: string | null;
}

export class AdoptionAccepted {
  @Part(() => AdoptionView, { description: 'The adoption.' })
  adoption!: AdoptionView;

  @Part(() => AcceptedTask, {
    description: 'The task that does it.',
    example: { kind: 'adoption.adopt', status: 'queued' },
  })
  task!: AcceptedTask;
}

export class AdoptionPlanView {
  @Parts(() => AdoptedRowView, {
    description: 'The rows that would come to be, by what was seen last.',
    max: 1000,
  })
  rows!: AdoptedRow[];
}

export class AdoptionRuleCreateBody {
  @Text({ description: 'Unique among the rules.', example: 'shop-servers', max: 63 })
  name!: string;

  @Id({ description: 'The project that gets what the rule is about.' })
  project_id!: string;

  @Texts({
    description: '`server`, `port`, `network`; servers alone unless told.',
    optional: true,
    example: ['server'],
    min: 1,
    max: 3,
  })
  kinds?: string[];

  @Text({ description: 'Only in this cluster: name or id.', optional: true, example: 'east-1' })
  cluster?: string;

  @Text({
    description: 'Only of this project of OpenStack: its id.',
    optional: true,
    nullable: true,
    max: 64,
    example: null,
  })
  openstack_project_id?: string | null;

  @Text({
    description: 'Only with such names; `*` is any text, `?` any character.',
    optional: true,
    example: 'shop-*',
  })
  name_pattern?: string;

  @TextMap({ description: 'Only with this metadata.', optional: true, example: { team: 'shop' } })
  metadata?: Record<string, string>;

  @Bool({ description: MARK_TEXT, optional: true, example: false })
  mark?: boolean;

  @Bool({
    description: 'Only tell what the rule would adopt now; it is not kept.',
    optional: true,
    example: false,
  })
  dry_run?: boolean;
}

export class AdoptionRulePatchBody {
  @Bool({ description: '`false`: nothing more is adopted by it.', example: false })
  enabled!: boolean;
}

export class AdoptionRuleQuery extends PageQuery {
  @Id({ description: 'Only those for this project.', optional: true })
  project_id?: string;

  @Text({ description: 'Only the rule of this name.', optional: true, max: 63, example: 'shop-servers' })
  name?: string;

  @SortBy(['id'])
  sort?: string;
}

export class AdoptionRuleView {
  @Id({ description: 'The id of the rule.' })
  id!: string;

  @Text({ description: 'Unique among the rules.', example: 'shop-servers' })
  name!: string;

  @Id({ description: 'The project that gets what the rule is about.' })
  project_id!: string;

  @Texts({ description: 'What kinds of things it is about.', example: ['server'] })
  kinds!: string[];

  @Id({ description: 'Only in this cluster.', nullable: true })
  cluster_id!: string | null;

  @Text({ description: 'Only of this project of OpenStack.', nullable: true, example: null })
  openstack_project_id!: string | null;

  @Text({ description: 'Only with such names.', nullable: true, example: 'shop-*' })
  name_pattern!: string | null;

  @TextMap({ description: 'Only with this metadata.', example: { team: 'shop' } })
  metadata!: Record<string, string>;

  @Bool({ description: MARK_TEXT })
  mark!: boolean;

  @Bool({ description: 'Whether it adopts what is found.' })
  enabled!: boolean;

  @Integer({ description: 'Raised by every change; the entity tag.', example: 1 })
  version!: number;

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class AdoptionRulePage {
  @Parts(() => AdoptionRuleView, { description: 'The rules of this page.', max: 1000 })
  adoption_rules!: AdoptionRuleView[];

  @NextLink()
  next!: string | null;
}

export class RuleMatchView {
  @Id({ description: 'The cluster.' })
  cluster_id!: string;

  @OneOf(ADOPTABLE, { description: 'What it is.' })
  kind!: string;

  @Text({ description: 'Its id in OpenStack.', max: 64, example: '5a1c3e7f-0b2d-4c6e-8f90-123456789abc' })
  openstack_id!: string;

  @Text({ description: 'Its name.', nullable: true, min: 0, example: 'web-1' })
  name!: string | null;
}

export class AdoptionRuleAccepted {
  @Part(() => AdoptionRuleView, { description: 'The rule.' })
  adoption_rule!: AdoptionRuleView;

  @Part(() => AcceptedTask, {
    description: 'The task that adopts what there is now; its items are the single adoptions.',
    example: { kind: 'adoption.adopt_many', status: 'queued' },
  })
  task!: AcceptedTask;
}

export class AdoptionRuleMade {
  @Part(() => AdoptionRuleView, { description: 'The rule; there is nothing to adopt now.' })
  adoption_rule!: AdoptionRuleView;
}

export class AdoptionRulePlan {
  @Integer({ description: 'How much it is about now.', example: 12 })
  matching!: number;

  @Parts(() => RuleMatchView, { description: 'What it is about, at most a thousand.', max: 1000 })
  matches!: RuleMatchView[];
}

export const adoptionView = (row: Adoption): AdoptionView => ({
  id: row.id,
  cluster_id: row.clusterId,
  kind: row.subjectKind,
  openstack_id: row.openstackId,
  project_id: row.projectId,
  resource_id: row.resourceId,
  rule_id: row.ruleId,
  status: row.status,
  mark: Boolean(row.mark),
  rows: row.rowsMade,
  fault: row.fault,
  task_id: row.taskId,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});

export const adoptionRuleView = (row: AdoptionRule): AdoptionRuleView => ({
  id: row.id,
  name: row.name,
  project_id: row.projectId,
  kinds: row.subjectKinds,
  cluster_id: row.clusterId,
  openstack_project_id: row.openstackProjectId,
  name_pattern: row.namePattern,
  metadata: row.metadata,
  mark: Boolean(row.mark),
  enabled: Boolean(row.enabled),
  version: row.version,
  created_at: row.createdAt.toISOString(),
});

export const ruleMatchView = (match: RuleMatch): RuleMatchView => ({
  cluster_id: match.clusterId,
  kind: match.kind,
  openstack_id: match.openstackId,
  name: match.name,
});
