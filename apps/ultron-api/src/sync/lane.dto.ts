import { SYNC_KINDS, type SyncKindName } from '@ultron/sync/kind/sync-kinds';
import { LANE_STATES } from '@ultron/sync/lane/lane-view.types';
import { AnyJson, Bool, Id, Integer, OneOf, Part, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

const MODES = ['full', 'changes', 'ids', 'confirm'];
const OUTCOMES = ['complete', 'incomplete', 'failed', 'cut_off'];

export class LaneQuery extends PageQuery {
  @Text({ description: 'Only the lanes of this cluster, by name or id.', optional: true })
  cluster?: string;

  @OneOf(SYNC_KINDS, { description: 'Only lanes of this kind.', optional: true, example: 'server' })
  kind?: SyncKindName;

  @Text({ description: 'Only lanes of this domain.', optional: true, example: 'compute' })
  domain?: string;

  @Text({ description: 'Only lanes of this tier.', optional: true, example: 'gold' })
  tier?: string;

  @Text({ description: 'Only lanes of this conductor group, by name.', optional: true, example: 'frankfurt' })
  conductor_group?: string;

  @Id({ description: 'Only the lanes that this conductor owns.', optional: true })
  owner_id?: string;

  @OneOf([...LANE_STATES], { description: 'Only lanes in this state.', optional: true, example: 'failing' })
  state?: string;

  @SortBy(['id', 'fresh_at'], { example: 'fresh_at' })
  sort?: string;
}

export class LaneActionBody {
  @OneOf(['run_now', 'pause', 'resume', 'release_brake'], {
    description:
      '`run_now` begins a pass at once; `pause` begins none any more, and `resume` ends that; `release_brake` says ' +
      'that what has vanished is really gone.',
    example: 'run_now',
  })
  action!: 'run_now' | 'pause' | 'resume' | 'release_brake';

  @OneOf(['full', 'changes', 'ids'], {
    description:
      'With `run_now`: which pass. `full` unless told; one that the lane cannot do becomes a full one.',
    optional: true,
    example: 'full',
  })
  mode?: 'full' | 'changes' | 'ids';
}

export class LaneClusterBody {
  @Id({ description: 'The id of the cluster.' })
  id!: string;

  @Text({
    description: 'Its name; null when it is not registered any more.',
    nullable: true,
    example: 'fra-1',
  })
  name!: string | null;
}

export class LaneOwnerBody {
  @Id({ description: 'The id of the conductor.' })
  id!: string;

  @Text({ description: 'Its name.', nullable: true, example: 'conductor-1' })
  name!: string | null;

  @Bool({ description: 'Whether it was heard within its time.', example: true })
  alive!: boolean;
}

export class LaneCircuitBody {
  @Time({ description: 'Since when the cluster has not answered the owner of the lane.' })
  opened_at!: string;

  @Time({ description: 'When it is tried next, by one pass; until then none begins.' })
  next_try_at!: string;
}

export class LaneStrategyBody {
  @OneOf(['changes_since', 'revisions', 'full'], {
    description:
      'How changes are found: by lists of what changed, by lists of all ids with their revisions, or by full passes alone.',
    example: 'changes_since',
  })
  changes!: string;

  @OneOf(['changes_since', 'revisions', 'ids', 'full'], {
    description:
      'How deletions are found: told by the lists of changes, by the lists of revisions, by lists of ids, or by full passes.',
    example: 'ids',
  })
  deletions!: string;
}

export class LaneRunningBody {
  @OneOf(MODES, { description: 'Which pass.', example: 'full' })
  mode!: string;

  @Time({ description: 'When it began.' })
  started_at!: string;
}

export class LaneLastBody {
  @Time({ description: 'When it began.' })
  started_at!: string;

  @Time({ description: 'When it ended.', nullable: true })
  finished_at!: string | null;

  @OneOf(OUTCOMES, {
    description:
      '`incomplete`: the list had to begin anew on the way, or showed more news than are read one by one, so nothing ' +
      'follows from what it did not show. ' +
      '`cut_off`: the lane went to another conductor.',
    example: 'complete',
  })
  outcome!: string;

  @Integer({ description: 'Objects that were read.', min: 0, example: 812 })
  seen!: number;

  @Integer({ description: 'Objects that were new or different.', min: 0, example: 3 })
  written!: number;
}

export class LaneCountsBody {
  @Integer({ description: 'Objects that are there, missing ones included.', min: 0, example: 812 })
  present!: number;

  @Integer({ description: 'Of those: not seen lately, and not yet known to be gone.', min: 0, example: 0 })
  missing!: number;

  @Integer({ description: 'Objects that have gone since the lane was made.', min: 0, example: 44 })
  gone!: number;
}

export class LaneBrakeBody {
  @OneOf(['off', 'on', 'released'], {
    description:
      '`on`: too much vanished at once; nothing is taken for missing or gone until somebody decides.',
    example: 'off',
  })
  state!: string;

  @Time({ description: 'Since when.', nullable: true })
  since!: string | null;

  @Integer({ description: 'Objects that were known then.', nullable: true, min: 0, example: null })
  known!: number | null;

  @Integer({ description: 'Of those: not seen.', nullable: true, min: 0, example: null })
  unseen!: number | null;
}

export class LaneBody {
  @Text({ description: 'Its cluster and kind, as in its address.', example: '0190…/server' })
  id!: string;

  @Part(() => LaneClusterBody, { description: 'Where its objects are.' })
  cluster!: LaneClusterBody;

  @Text({ description: 'What its objects are.', example: 'server' })
  kind!: string;

  @Text({ description: 'Whose conductors serve it.', example: 'compute' })
  domain!: string;

  @Text({ description: 'The conductor group of its cluster.', example: 'frankfurt' })
  conductor_group!: string;

  @OneOf([...LANE_STATES], {
    description:
      'What most needs to be known: `paused` by an operator; `resting`, its cluster is down or was never probed; ' +
      '`unowned`, no living conductor has it; `braked`; `failing`, its last pass failed; `late`, further behind than ' +
      'its tier allows; `new`, not read yet; `well`.',
    example: 'well',
  })
  state!: string;

  @Text({ description: 'How fresh it is to be.', example: 'gold' })
  tier!: string;

  @Integer({ description: 'Milliseconds that it may be behind.', min: 0, example: 15_000 })
  objective_ms!: number;

  @Integer({
    description: 'Milliseconds that it is behind; null when it was never read.',
    nullable: true,
    min: 0,
    example: 3_210,
  })
  lag_ms!: number | null;

  @Part(() => LaneStrategyBody, { description: 'How it is read; it follows from what its cluster can do.' })
  strategy!: LaneStrategyBody;

  @Part(() => LaneOwnerBody, { description: 'The conductor that reads it.', nullable: true })
  owner!: LaneOwnerBody | null;

  @Part(() => LaneCircuitBody, {
    description: 'Its cluster does not answer: passes rest, but for one now and then. Null while it does.',
    nullable: true,
  })
  circuit!: LaneCircuitBody | null;

  @Integer({
    description: 'Grows with each change of its owner; only the present one may write.',
    min: 0,
    example: 4,
  })
  epoch!: number;

  @Time({ description: 'Since when its owner has it.', nullable: true })
  taken_at!: string | null;

  @Part(() => LaneRunningBody, { description: 'The pass that is under way.', nullable: true })
  running!: LaneRunningBody | null;

  @Time({ description: 'When the next pass is due.' })
  next_due_at!: string;

  @Time({
    description: 'Since when the next list of changes asks, by the clock of the cluster.',
    nullable: true,
  })
  cursor_at!: string | null;

  @Time({ description: 'What is shown of its objects was so at this time.', nullable: true })
  fresh_at!: string | null;

  @Time({
    description: 'When the last complete full pass began that did not end with the brake on.',
    nullable: true,
  })
  full_at!: string | null;

  @Integer({ description: 'How long it took.', nullable: true, min: 0, example: 1_900 })
  full_ms!: number | null;

  @Time({
    description: 'When the last list of changes began that did not end with the brake on.',
    nullable: true,
  })
  changes_at!: string | null;

  @Integer({ description: 'How long it took.', nullable: true, min: 0, example: 80 })
  changes_ms!: number | null;

  @Time({
    description: 'When the last list of ids began that did not end with the brake on.',
    nullable: true,
  })
  ids_at!: string | null;

  @Part(() => LaneLastBody, { description: 'The last pass of any kind.', nullable: true })
  last_pass!: LaneLastBody | null;

  @Part(() => LaneCountsBody, { description: 'Its objects.' })
  objects!: LaneCountsBody;

  @Part(() => LaneBrakeBody, { description: 'Whether too much has vanished at once.' })
  brake!: LaneBrakeBody;

  @Integer({ description: 'Passes that failed in a row.', min: 0, example: 0 })
  failures!: number;

  @Time({ description: 'When the first of them failed.', nullable: true })
  failing_since!: string | null;

  @AnyJson({ description: 'Why the last of them failed.', nullable: true, example: null })
  error!: unknown;
}

export class LaneList {
  @Parts(() => LaneBody, { description: 'The lanes of this page.', max: 1000 })
  syncs!: LaneBody[];

  @NextLink()
  next!: string | null;
}

export class PassBody {
  @Integer({ description: 'The passes of a lane are counted.', min: 1, example: 93 })
  number!: number;

  @OneOf(MODES, { description: 'Which pass.', example: 'full' })
  mode!: string;

  @Id({ description: 'The conductor that did it.' })
  conductor_id!: string;

  @Integer({ description: 'The epoch in which it wrote.', min: 0, example: 4 })
  epoch!: number;

  @Time({ description: 'When it began.' })
  started_at!: string;

  @Time({ description: 'When it ended.' })
  finished_at!: string;

  @OneOf(OUTCOMES, { description: 'What it came to.', example: 'complete' })
  outcome!: string;

  @Integer({ description: 'Pages that were read.', min: 0, example: 2 })
  pages!: number;

  @Integer({ description: 'Objects that were read.', min: 0, example: 812 })
  seen!: number;

  @Integer({ description: 'Objects that were new or different.', min: 0, example: 3 })
  written!: number;

  @Integer({ description: 'Objects that became missing.', min: 0, example: 0 })
  missing!: number;

  @Integer({ description: 'Objects that are gone.', min: 0, example: 0 })
  gone!: number;

  @AnyJson({ description: 'Why it failed.', nullable: true, example: null })
  error!: unknown;
}

export class LaneDetail {
  @Part(() => LaneBody, { description: 'The lane.' })
  sync!: LaneBody;

  @Parts(() => PassBody, {
    description: 'Its last passes that changed something, read everything or failed; newest first.',
    max: 50,
  })
  passes!: PassBody[];
}
