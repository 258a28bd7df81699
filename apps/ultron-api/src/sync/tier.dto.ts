import type { TierAssignment } from '@ultron/sync/tier/sync-tier.repository';
import type { TierView } from '@ultron/sync/tier/tier.types';
import { Id, Integer, OneOf, Parts, Text } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

const DAY_MS = 86_400_000;
const ms = (description: string, example: number, optional: boolean): PropertyDecorator =>
  Integer({ description, example, optional, min: 1_000, max: DAY_MS });

const OBJECTIVE = 'What was changed in a cluster is seen within so many milliseconds as a rule.';
const CHANGES = 'Milliseconds between two lists of what changed.';
const IDS =
  'Milliseconds between two lists of ids, where deletions are not told otherwise; at most half of `objective_ms` counts.';
const FULL = 'Milliseconds between two full passes, where there are lists of what changed.';

const AT_LEAST = 'Fewer things than this may vanish from a lane at once without its brake going on.';
const PERCENT = 'When more per cent of a lane than this vanish at once, its brake goes on.';

export class TierBody {
  @Text({ description: 'gold, silver or bronze.', example: 'gold' })
  name!: string;

  @ms(OBJECTIVE, 15_000, false)
  objective_ms!: number;

  @ms(CHANGES, 5_000, false)
  changes_ms!: number;

  @ms(IDS, 30_000, false)
  ids_ms!: number;

  @ms(FULL, 300_000, false)
  full_ms!: number;

  @Integer({ description: AT_LEAST, min: 1, max: 1_000_000, example: 5 })
  brake_at_least!: number;

  @Integer({ description: PERCENT, min: 0, max: 100, example: 30 })
  brake_percent!: number;
}

export class TierPatchBody {
  @ms(OBJECTIVE, 15_000, true)
  objective_ms?: number;

  @ms(CHANGES, 5_000, true)
  changes_ms?: number;

  @ms(IDS, 30_000, true)
  ids_ms?: number;

  @ms(FULL, 300_000, true)
  full_ms?: number;

  @Integer({ description: AT_LEAST, min: 1, max: 1_000_000, optional: true, example: 5 })
  brake_at_least?: number;

  @Integer({ description: PERCENT, min: 0, max: 100, optional: true, example: 30 })
  brake_percent?: number;
}

export class TierList {
  @Parts(() => TierBody, { description: 'The tiers, best first.', max: 10 })
  sync_tiers!: TierBody[];
}

export class TierAssignmentBody {
  @OneOf(['cluster', 'project'], { description: 'What has the tier.', example: 'project' })
  subject!: string;

  @Id({ description: 'The id of the cluster or project.' })
  subject_id!: string;

  @Text({ description: 'Its tier.', example: 'gold' })
  tier!: string;
}

export class TierAssignmentPutBody {
  @Text({ description: 'The tier it is to have.', example: 'gold' })
  tier!: string;
}

export class TierAssignmentQuery extends PageQuery {
  @OneOf(['cluster', 'project'], { description: 'Only those of clusters, or of projects.', optional: true })
  subject?: 'cluster' | 'project';

  @Text({ description: 'Only those who have this tier.', optional: true, example: 'gold' })
  tier?: string;

  @SortBy(['id'])
  sort?: string;
}

export class TierAssignmentList {
  @Parts(() => TierAssignmentBody, { description: 'The assignments of this page.', max: 1000 })
  assignments!: TierAssignmentBody[];

  @NextLink()
  next!: string | null;
}

export const tierBody = (tier: TierView): TierBody => ({
  name: tier.name,
  objective_ms: tier.objectiveMs,
  changes_ms: tier.changesMs,
  ids_ms: tier.idsMs,
  full_ms: tier.fullMs,
  brake_at_least: tier.brake.atLeast,
  brake_percent: Math.round(tier.brake.share * 100),
});

export const assignmentBody = ({ subject, subjectId, tier }: TierAssignment): TierAssignmentBody => ({
  subject,
  subject_id: subjectId,
  tier,
});
