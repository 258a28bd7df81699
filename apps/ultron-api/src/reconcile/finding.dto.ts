import {
  FINDING_KINDS,
  REPAIR_ACTIONS,
  SUBJECT_KINDS,
  type FindingKind,
  type SubjectKind,
} from '@ultron/reconcile/finding/finding.kinds';
import { AUDIT_ACTIONS, type Finding, type FindingEventRow } from '@ultron/reconcile/finding/finding.entity';
import { FINDING_STATES, type FindingState } from '@ultron/reconcile/finding/finding.state';
import { REPAIR_METHODS } from '@ultron/reconcile/finding/repairs';
import { AnyJson, Bool, Id, Integer, OneOf, Part, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';
import { AcceptedTask } from '../task/task.dto.js';

export class FindingQuery extends PageQuery {
  @OneOf(FINDING_KINDS, {
    description: 'Only findings of this kind.',
    optional: true,
    example: 'leaked_port',
  })
  kind?: FindingKind;

  @OneOf(SUBJECT_KINDS, { description: 'Only findings about such things.', optional: true })
  subject_kind?: SubjectKind;

  @Text({ description: 'Only findings about this thing.', max: 64, optional: true, example: null })
  subject_id?: string;

  @Text({
    description: 'Only findings about this thing of OpenStack.',
    max: 64,
    optional: true,
    example: null,
  })
  openstack_id?: string;

  @Text({ description: 'Only those of this cluster: name or id.', example: 'east-1', optional: true })
  cluster?: string;

  @Id({ description: 'Only those about what is this project’s.', optional: true })
  project_id?: string;

  @OneOf(FINDING_STATES, { description: 'Only findings in this state.', optional: true, example: 'open' })
  state?: FindingState;

  @Time({ description: 'Only those that were found after this time.', optional: true })
  first_seen_after?: string;

  @Time({ description: 'Only those that still held after this time.', optional: true })
  last_seen_after?: string;

  @SortBy(['id'])
  sort?: string;
}

export class FindingEventQuery extends PageQuery {
  @SortBy(['id'])
  sort?: string;
}

export class ProposalView {
  @OneOf(REPAIR_ACTIONS, { description: 'What a repair would do.' })
  action!: string;

  @Text({ description: 'The same for people.', example: 'delete the port in the cluster', max: 1000 })
  what!: string;
}

export class FindingView {
  @Id({ description: 'The id of the finding.' })
  id!: string;

  @Id({ description: 'The cluster in which it was found.' })
  cluster_id!: string;

  @OneOf(FINDING_KINDS, { description: 'What is wrong.', example: 'leaked_port' })
  kind!: FindingKind;

  @OneOf(SUBJECT_KINDS, { description: 'What kind of thing it is about.', example: 'port' })
  subject_kind!: SubjectKind;

  @Text({ description: 'Ultron’s id where it has a row, else OpenStack’s.', max: 64, example: 'b2c1…' })
  subject_id!: string;

  @Text({ description: 'OpenStack’s id.', nullable: true, max: 64, example: null })
  openstack_id!: string | null;

  @Id({ description: 'The project to which it belongs, where that is known.', nullable: true })
  project_id!: string | null;

  @OneOf(FINDING_STATES, { description: '`repairing`: `task_id` is at work on it.' })
  state!: FindingState;

  @AnyJson({ description: 'What speaks for it.', example: { mark: '0198…' } })
  evidence!: Record<string, unknown>;

  @Part(() => ProposalView, { description: 'What can be done by machine; null: nothing.', nullable: true })
  proposal!: ProposalView | null;

  @Id({ description: 'The task that repairs it, or did so last.', nullable: true })
  task_id!: string | null;

  @AnyJson({ description: 'Why the last repair failed.', nullable: true, example: null })
  fault!: Record<string, unknown> | null;

  @Integer({ description: 'Repairs that were begun since it was found.', example: 0 })
  repairs!: number;

  @Integer({ description: 'How often it was found again after it was resolved.', example: 0 })
  came_back!: number;

  @Time({ description: 'When it was found.' })
  first_seen_at!: string;

  @Time({ description: 'When it was seen to hold last.' })
  last_seen_at!: string;

  @Time({ description: 'When it did not hold any more.', nullable: true })
  resolved_at!: string | null;

  @Integer({ description: 'Raised by every change; the entity tag.', example: 1 })
  version!: number;
}

export class FindingPage {
  @Parts(() => FindingView, { description: 'The findings of this page.', max: 1000 })
  findings!: FindingView[];

  @NextLink()
  next!: string | null;
}

export class FindingEventView {
  @Id({ description: 'The id of the entry.' })
  id!: string;

  @OneOf(AUDIT_ACTIONS, { description: 'What happened.' })
  action!: string;

  @Text({ description: 'Who did it: a token, or `reconciler`.', example: 'reconciler' })
  actor!: string;

  @Id({ description: 'The task it belongs to.', nullable: true })
  task_id!: string | null;

  @AnyJson({ description: 'More of it.', nullable: true, example: null })
  detail!: Record<string, unknown> | null;

  @Time({ description: 'When.' })
  at!: string;
}

export class FindingEventPage {
  @Parts(() => FindingEventView, { description: 'What happened, oldest first.', max: 1000 })
  events!: FindingEventView[];

  @NextLink()
  next!: string | null;
}

export class RepairBody {
  @Bool({ description: 'Only tell what would be done.', optional: true, example: false })
  dry_run?: boolean;
}

export class RepairAccepted {
  @Part(() => FindingView, { description: 'The finding.' })
  finding!: FindingView;

  @Part(() => AcceptedTask, {
    description: 'The task that repairs it.',
    example: { kind: 'finding.repair', status: 'queued' },
  })
  task!: AcceptedTask;
}

export class RepairCallView {
  @OneOf(['compute', 'network'], { description: 'The service that would be called.' })
  service!: string;

  @OneOf(REPAIR_METHODS, { description: 'How.' })
  method!: string;

  @Text({ description: 'Below the version of the endpoint.', example: '/ports/6c1d…', max: 255 })
  path!: string;

  @AnyJson({ description: 'What it would say; null: nothing.', nullable: true, example: null })
  body!: Record<string, unknown> | null;

  @Bool({
    description:
      'Refused when somebody changed the thing since it was looked at, where the cluster understands that.',
  })
  if_match!: boolean;
}

export class RepairPlan {
  @Part(() => FindingView, { description: 'The finding.' })
  finding!: FindingView;

  @Part(() => ProposalView, { description: 'What would be done.' })
  would!: ProposalView;

  @Parts(() => RepairCallView, {
    description:
      'What the cluster would be asked to change, if it still holds then; none: only Ultron’s own rows change.',
    max: 1000,
  })
  calls!: RepairCallView[];
}

export class FindingDecided {
  @Part(() => FindingView, { description: 'The finding.' })
  finding!: FindingView;
}

export const findingView = (finding: Finding): FindingView => ({
  id: finding.id,
  cluster_id: finding.clusterId,
  kind: finding.kind,
  subject_kind: finding.subjectKind,
  subject_id: finding.subjectId,
  openstack_id: finding.openstackId,
  project_id: finding.projectId,
  state: finding.state,
  evidence: finding.evidence,
  proposal: finding.proposal,
  task_id: finding.taskId,
  fault: finding.fault,
  repairs: finding.repairs,
  came_back: finding.cameBack,
  first_seen_at: finding.firstSeenAt.toISOString(),
  last_seen_at: finding.lastSeenAt.toISOString(),
  resolved_at: finding.resolvedAt?.toISOString() ?? null,
  version: finding.version,
});

export const findingEventView = (event: FindingEventRow): FindingEventView => ({
  id: event.id,
  action: event.action,
  actor: event.actor,
  task_id: event.taskId,
  detail: event.detail,
  at: event.at.toISOString(),
});
