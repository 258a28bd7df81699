import { Bool, Integer, OneOf, Part, Parts, Text } from '../../http/field/field.decorator.js';
import { AcceptedTask } from '../../task/task.dto.js';
import { DealtBody } from './subnet.dto.js';
import { PlaceBody } from './vpc.dto.js';

const KINDS = ['enough', 'coming', 'spare', 'reclaiming', 'new_subnet', 'exhausted'] as const;
export type SupplementKind = (typeof KINDS)[number];

export class SupplementBody {
  @Text({ description: 'The cluster that is to have more addresses: name or id.', example: 'east-1' })
  cluster!: string;

  @Integer({
    description: 'Free addresses that it is to have; its high-water mark unless told.',
    min: 1,
    max: 65_536,
    example: 200,
    optional: true,
  })
  addresses?: number;

  @Bool({ description: 'Only say what would be dealt.', optional: true, example: false })
  dry_run?: boolean;
}

export class SubnetSupplementBody extends SupplementBody {
  @Bool({
    description: 'Only spare segments of this very subnet; otherwise also others, and a new subnet.',
    optional: true,
    example: false,
  })
  within_subnet?: boolean;
}

export class BelowLowWaterBody {
  @Part(() => PlaceBody, { description: 'The cluster.' })
  cluster!: PlaceBody;

  @Integer({ description: 'Its low-water mark.', example: 32 })
  low_water!: number;

  @Integer({ description: 'Free and coming addresses that it has.', example: 10 })
  free!: number;

  @OneOf(['nothing_dealt', 'no_unit_left'], { description: 'Why it stays below.' })
  why!: 'nothing_dealt' | 'no_unit_left';
}

export class FreeElsewhereBody {
  @Part(() => PlaceBody, { description: 'The cluster.' })
  cluster!: PlaceBody;

  @Integer({ description: 'Free addresses of the VPC that it has.', example: 124 })
  free!: number;
}

export class SupplementOutcomeBody {
  @OneOf(KINDS, {
    description:
      '`enough`, `coming`: nothing had to be dealt. `spare`: spare segments were. `new_subnet`: a subnet was made. ' +
      '`reclaiming`: segments of others are on their way back. `exhausted`: there is nothing left.',
  })
  kind!: SupplementKind;

  @Parts(() => DealtBody, { description: 'Segments that are now built, also for others.', max: 4096 })
  dealt!: DealtBody[];

  @Integer({ description: 'Segments that other clusters give up.', example: 0 })
  draining!: number;

  @Integer({ description: 'Addresses that are not in sight.', example: 0 })
  short!: number;

  @Parts(() => BelowLowWaterBody, { description: 'Clusters that stay below their low-water mark.', max: 100 })
  below_low_water!: BelowLowWaterBody[];

  @Parts(() => FreeElsewhereBody, { description: 'Where free addresses of the VPC are.', max: 1000 })
  free_elsewhere!: FreeElsewhereBody[];
}

export class SupplementPlan {
  @Part(() => SupplementOutcomeBody, { description: 'What would come of it.' })
  supplement!: SupplementOutcomeBody;
}

export class SupplementAccepted extends SupplementPlan {
  @Part(() => AcceptedTask, { description: 'The task that builds what was dealt.' })
  task!: AcceptedTask;
}

export class VpcClusterBody {
  @Text({ description: 'The cluster: name or id.', example: 'east-5' })
  cluster!: string;

  @Bool({ description: 'Only say what would be dealt.', optional: true, example: false })
  dry_run?: boolean;
}

const WELCOMES = ['has_some', 'spare', 'halve', 'coming_back', 'next_subnet'] as const;

export class WelcomePlan {
  @OneOf(WELCOMES, {
    description:
      '`spare`: it gets a spare unit. `halve`: another cluster gives up half of an empty segment first. ' +
      '`coming_back`: one is on its way back and will be given to it. `has_some`: it has segments already. ' +
      '`next_subnet`: there is nothing for it before the next subnet.',
  })
  kind!: (typeof WELCOMES)[number];

  @Parts(() => DealtBody, { description: 'Segments that are now built.', max: 64 })
  dealt!: DealtBody[];

  @Integer({ description: 'Segments that other clusters give up.', example: 0 })
  draining!: number;
}

export class WelcomeAccepted extends WelcomePlan {
  @Part(() => AcceptedTask, { description: 'The task.' })
  task!: AcceptedTask;
}

export class RetiredBody {
  @Integer({ description: 'Segments that were never built, and are spare again.', example: 0 })
  given_back!: number;

  @Integer({ description: 'Segments that are taken down as soon as nothing is held in them.', example: 1 })
  draining!: number;

  @Integer({ description: 'Addresses that servers there still have, or that are cooling.', example: 12 })
  still_held!: number;
}

export class RetiredAccepted extends RetiredBody {
  @Part(() => AcceptedTask, { description: 'The task.' })
  task!: AcceptedTask;
}
