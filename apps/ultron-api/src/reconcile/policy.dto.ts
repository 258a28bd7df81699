import {
  FINDING_KINDS,
  SUBJECT_KINDS,
  type FindingKind,
  type SubjectKind,
} from '@ultron/reconcile/finding/finding.kinds';
import { type GivenLimits, shownLimits } from '@ultron/reconcile/policy/brake.rules';
import {
  POLICY_ACTIONS,
  POLICY_SCOPES,
  type PolicyAction,
  type PolicyScope,
} from '@ultron/reconcile/policy/policy.rules';
import type { ReconcilePolicy } from '@ultron/reconcile/policy/reconcile-policy.entity';
import { Id, Integer, OneOf, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

const ACTION_TEXT =
  '`report`: it is shown; `ask`: it is shown and an alarm asks for a decision; `repair`: it is repaired by itself.';

const PER_HOUR_TEXT =
  'Such repairs that may begin by themselves within an hour in a cluster; one more, and all repairs stop there. Null: such ' +
  'findings are counted with all others, against the limits of the cluster.';
const SHARE_TEXT =
  'Per cent of what Ultron has in a cluster that may want such a repair at once; ten things always may. Null: as in ' +
  'the cluster.';

const PerHour = (): PropertyDecorator =>
  Integer({ description: PER_HOUR_TEXT, min: 0, max: 100_000, optional: true, nullable: true, example: 20 });
const SharePercent = (): PropertyDecorator =>
  Integer({ description: SHARE_TEXT, min: 0, max: 100, optional: true, nullable: true, example: 5 });

export class PolicyCreateBody {
  @OneOf(FINDING_KINDS, { description: 'What kind of findings it is about.', example: 'leaked_port' })
  kind!: FindingKind;

  @OneOf(SUBJECT_KINDS, { description: 'Only findings about such things.', optional: true, example: 'port' })
  subject_kind?: SubjectKind;

  @OneOf(POLICY_SCOPES, { description: 'Where it holds; a cluster goes before a tier, a tier before `all`.' })
  scope!: PolicyScope;

  @Text({
    description: 'The name of the tier, or the name or id of the cluster; none for `all`.',
    optional: true,
    nullable: true,
    example: null,
    max: 63,
  })
  scope_id?: string | null;

  @OneOf(POLICY_ACTIONS, { description: ACTION_TEXT })
  action!: PolicyAction;

  @PerHour()
  max_repairs_per_hour?: number | null;

  @SharePercent()
  max_share_percent?: number | null;
}

export class PolicyPatchBody {
  @OneOf(POLICY_ACTIONS, { description: ACTION_TEXT, optional: true })
  action?: PolicyAction;

  @PerHour()
  max_repairs_per_hour?: number | null;

  @SharePercent()
  max_share_percent?: number | null;
}

export class PolicyQuery extends PageQuery {
  @OneOf(FINDING_KINDS, { description: 'Only those about such findings.', optional: true })
  kind?: FindingKind;

  @Text({
    description: 'Only those of this tier or cluster (its id).',
    optional: true,
    max: 36,
    example: null,
  })
  scope_id?: string;

  @SortBy(['id'])
  sort?: string;
}

export class PolicyView {
  @Id({ description: 'The id of the policy.' })
  id!: string;

  @OneOf(FINDING_KINDS, { description: 'What kind of findings it is about.' })
  kind!: FindingKind;

  @OneOf(SUBJECT_KINDS, { description: 'Only findings about such things; null: any.', nullable: true })
  subject_kind!: SubjectKind | null;

  @OneOf(POLICY_SCOPES, { description: 'Where it holds.' })
  scope!: PolicyScope;

  @Text({ description: 'The tier or the id of the cluster.', nullable: true, example: null })
  scope_id!: string | null;

  @OneOf(POLICY_ACTIONS, { description: ACTION_TEXT })
  action!: PolicyAction;

  @Integer({ description: PER_HOUR_TEXT, nullable: true, example: null })
  max_repairs_per_hour!: number | null;

  @Integer({ description: SHARE_TEXT, nullable: true, example: null })
  max_share_percent!: number | null;

  @Integer({ description: 'Raised by every change; the entity tag.', example: 1 })
  version!: number;

  @Time({ description: 'When it was changed last.' })
  updated_at!: string;
}

export class PolicyPage {
  @Parts(() => PolicyView, { description: 'The policies of this page.', max: 1000 })
  policies!: PolicyView[];

  @NextLink()
  next!: string | null;
}

export class PolicyDefault {
  @OneOf(FINDING_KINDS, { description: 'What kind of findings.' })
  kind!: FindingKind;

  @OneOf(POLICY_ACTIONS, { description: 'What holds where no policy says otherwise.' })
  action!: PolicyAction;
}

export class PolicyDefaults {
  @Parts(() => PolicyDefault, { description: 'One for each kind.', max: 100 })
  defaults!: PolicyDefault[];
}

/** What a body says of limits; what it leaves out is not in it. */
export const limitsOf = (body: {
  max_repairs_per_hour?: number | null | undefined;
  max_share_percent?: number | null | undefined;
}): Partial<GivenLimits> => ({
  ...(body.max_repairs_per_hour === undefined ? {} : { maxPerHour: body.max_repairs_per_hour }),
  ...(body.max_share_percent === undefined
    ? {}
    : { maxShare: body.max_share_percent === null ? null : body.max_share_percent / 100 }),
});

export const policyView = (row: ReconcilePolicy): PolicyView => ({
  id: row.id,
  kind: row.kind,
  subject_kind: row.subjectKind === '' ? null : row.subjectKind,
  scope: row.scope,
  scope_id: row.scopeId === '' ? null : row.scopeId,
  action: row.action,
  ...shownLimits(row),
  version: row.version,
  updated_at: row.updatedAt.toISOString(),
});
