import { DEFAULT_BRAKE, withDefaults } from '@ultron/reconcile/policy/brake.rules';
import type { ReconcileRound } from '@ultron/reconcile/round/reconcile-round.entity';
import { AnyJson, Bool, Id, Integer, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

export class RoundQuery extends PageQuery {
  @Bool({ description: '`true`: only clusters in which repairs are stopped.', optional: true, example: true })
  braked?: boolean;

  @SortBy(['cluster_id'])
  sort?: string;
}

export class RoundPatchBody {
  @Integer({
    description:
      'Repairs that may begin by themselves within an hour; one more, and all of them stop. Null: as everywhere.',
    min: 0,
    max: 100_000,
    optional: true,
    nullable: true,
    example: DEFAULT_BRAKE.maxPerHour,
  })
  max_repairs_per_hour?: number | null;

  @Integer({
    description:
      'Per cent of what Ultron has in the cluster that may want a repair at once; ten things always may. Null: as everywhere.',
    min: 0,
    max: 100,
    optional: true,
    nullable: true,
    example: DEFAULT_BRAKE.maxShare * 100,
  })
  max_share_percent?: number | null;
}

export class RoundView {
  @Id({ description: 'The cluster.' })
  cluster_id!: string;

  @Time({ description: 'When it was compared last.', nullable: true })
  last_round_at!: string | null;

  @Integer({ description: 'How long that took.', nullable: true, example: 120 })
  duration_ms!: number | null;

  @AnyJson({ description: 'What it came to.', nullable: true, example: { compared: 900, found: 0 } })
  outcome!: Record<string, unknown> | null;

  @Text({ description: 'Why the last round came to nothing.', nullable: true, example: null })
  fault!: string | null;

  @Time({ description: 'When it is compared next.' })
  due_at!: string;

  @Time({ description: 'Since when repairs are stopped; null: they are not.', nullable: true })
  braked_at!: string | null;

  @Text({ description: 'Why they are stopped.', nullable: true, example: null })
  brake_reason!: string | null;

  @Integer({ description: 'Repairs that may begin by themselves within an hour.', example: 60 })
  max_repairs_per_hour!: number;

  @Integer({ description: 'Per cent of what Ultron has there that may want a repair at once.', example: 10 })
  max_share_percent!: number;

  @Integer({ description: 'Raised by every change; the entity tag.', example: 1 })
  version!: number;
}

export class RoundPage {
  @Parts(() => RoundView, { description: 'The clusters of this page.', max: 1000 })
  rounds!: RoundView[];

  @NextLink()
  next!: string | null;
}

export const roundView = (row: ReconcileRound): RoundView => ({
  cluster_id: row.clusterId,
  last_round_at: row.lastRoundAt?.toISOString() ?? null,
  duration_ms: row.durationMs,
  outcome: row.outcome ? { ...row.outcome } : null,
  fault: row.fault,
  due_at: row.dueAt.toISOString(),
  braked_at: row.brakedAt?.toISOString() ?? null,
  brake_reason: row.brakeReason,
  max_repairs_per_hour: withDefaults(row).maxPerHour,
  max_share_percent: Math.round(withDefaults(row).maxShare * 100),
  version: row.version,
});
