import type { OperatorEvent, TrailAction, TrailSubject } from '@ultron/platform/trail/operator-event.types';
import { TRAIL_ACTIONS, TRAIL_SUBJECTS } from '@ultron/platform/trail/operator-event.types';
import { AnyJson, Id, OneOf, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

const ACTOR = 'token 01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b';

export class OperatorEventQuery extends PageQuery {
  @OneOf(TRAIL_SUBJECTS, { description: 'Only what was done to such things.', optional: true })
  subject_kind?: TrailSubject;

  @Text({
    description: 'Only what was done to this one: its id, as `subject_id` shows it.',
    max: 128,
    optional: true,
    example: null,
  })
  subject_id?: string;

  @Text({ description: 'Only what this one did.', optional: true, example: ACTOR })
  actor?: string;

  @OneOf(TRAIL_ACTIONS, { description: 'Only what was done so.', optional: true, example: 'stopped' })
  action?: TrailAction;

  @Time({ description: 'Only what was done at this time or later.', optional: true })
  since?: string;

  @Time({ description: 'Only what was done before this time.', optional: true })
  until?: string;

  @SortBy(['id'])
  sort?: string;
}

export class OperatorEventView {
  @Id({ description: 'The id of the event; ids are in the order of time.' })
  id!: string;

  @OneOf(TRAIL_SUBJECTS, { description: 'What kind of thing it was done to.', example: 'reconcile_round' })
  subject_kind!: TrailSubject;

  @Text({
    description:
      'Which: an id; of a `reconcile_round` and a `notification_source` that of the cluster; the name of a tier; ' +
      '`{cluster_id}/{kind}` of a lane and `{subject}/{id}` of an assigned tier.',
    max: 128,
    example: '01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b',
  })
  subject_id!: string;

  @OneOf(TRAIL_ACTIONS, {
    description: '`stopped`, `released`: repairs, or the brake of a lane; of an adoption: it was given up.',
    example: 'stopped',
  })
  action!: TrailAction;

  @Text({
    description: 'Who did it: a token, or a part of Ultron such as `reconciler`.',
    example: ACTOR,
  })
  actor!: string;

  @Text({
    description: 'The trace of the request: `GET /v1/traces/{trace_id}` shows it for two weeks.',
    nullable: true,
    example: '4bf92f3577b34da6a3ce929d0e0e4736',
  })
  trace_id!: string | null;

  @Text({ description: 'Why, where a reason was given.', nullable: true, example: 'a migration' })
  reason!: string | null;

  @AnyJson({
    description: 'As it was before; null: it was not there.',
    nullable: true,
    example: { braked_at: null },
  })
  before!: Record<string, unknown> | null;

  @AnyJson({
    description: 'As it was from then on; null: it was gone.',
    nullable: true,
    example: { braked_at: '2026-01-31T12:00:00.000Z' },
  })
  after!: Record<string, unknown> | null;

  @Time({ description: 'When.' })
  at!: string;
}

export class OperatorEventPage {
  @Parts(() => OperatorEventView, { description: 'The events of this page.', max: 1000 })
  operator_events!: OperatorEventView[];

  @NextLink()
  next!: string | null;
}

export const operatorEventView = (event: OperatorEvent): OperatorEventView => ({
  id: event.id,
  subject_kind: event.subjectKind,
  subject_id: event.subjectId,
  action: event.action,
  actor: event.actor,
  trace_id: event.traceId,
  reason: event.reason,
  before: event.before,
  after: event.after,
  at: event.at.toISOString(),
});
