import { ADDRESS_PURPOSES, type AddressPurpose } from '@ultron/network/address-plan/address/address.state';
import {
  AnyJson,
  Bool,
  Decimal,
  Id,
  Integer,
  OneOf,
  Part,
  Parts,
  Text,
  Time,
} from '../../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../../http/paging/page.query.js';
import { DealtBody } from './subnet.dto.js';
import { BelowLowWaterBody } from './supplement.dto.js';
import { PlaceBody } from './vpc.dto.js';

const HELD = ['infra', 'reserved', 'bound', 'cooling'] as const;
export type HeldName = (typeof HELD)[number];

export class ClusterUsageBody {
  @Part(() => PlaceBody, { description: 'The cluster.' })
  cluster!: PlaceBody;

  @Part(() => PlaceBody, { description: 'Its IDC.' })
  idc!: PlaceBody;

  @Integer({ description: 'Free addresses in active segments.', example: 96 })
  free!: number;

  @Integer({ description: 'Free addresses in segments that are being built.', example: 0 })
  coming!: number;

  @Integer({ description: 'Addresses for servers that are being made.', example: 4 })
  reserved!: number;

  @Integer({ description: 'Addresses that ports have.', example: 20 })
  bound!: number;

  @Integer({ description: 'Addresses that rest before they are handed out again.', example: 4 })
  cooling!: number;

  @Integer({ description: 'What the network itself needs.', example: 4 })
  infra!: number;

  @Integer({ description: 'Addresses that ports have which are not ours.', example: 0 })
  taken_out!: number;

  @Integer({
    description: 'What one supplement would give it, after the low-water marks of the others.',
    example: 372,
  })
  replenishable!: number;

  @Integer({
    description:
      'The largest batch of servers that it can be given: free, coming and replenishable addresses.',
    example: 468,
  })
  largest_batch!: number;

  @Integer({ description: 'Below so many free addresses it is supplemented.', example: 32 })
  low_water!: number;

  @Integer({
    description: 'Addresses handed out there within the last hour, lately ones counting most.',
    example: 7,
  })
  used_per_hour!: number;

  @Integer({
    description: 'Seconds until the free addresses are used up at this rate; null: not within sight.',
    example: 49_000,
    nullable: true,
  })
  exhausted_in_s!: number | null;

  @Integer({
    description: 'Seconds since an address was handed out there; null: never.',
    example: 120,
    nullable: true,
  })
  last_placed_s!: number | null;

  @Bool({
    description: 'No address was handed out there for a day: what is free is stranded.',
    example: false,
  })
  idle!: boolean;
}

export class VpcUsageBody {
  @Id({ description: 'The VPC.' })
  vpc_id!: string;

  @Integer({ description: 'Free addresses in all clusters.', example: 496 })
  free!: number;

  @Decimal({
    description: 'Of the free addresses, the share in clusters that are idle.',
    min: 0,
    max: 1,
    example: 0.25,
  })
  stranded_ratio!: number;

  @Integer({ description: 'How often the plan was supplemented.', example: 1 })
  supplements!: number;

  @Parts(() => ClusterUsageBody, { description: 'By cluster.', max: 1000 })
  clusters!: ClusterUsageBody[];
}

export class PlacementWishBody {
  @Text({ description: 'The cluster: name or id.', example: 'east-3' })
  cluster!: string;

  @Integer({ description: 'Servers, of one address each.', min: 1, max: 4096, example: 300 })
  servers!: number;
}

export class SimulateBody {
  @Parts(() => PlacementWishBody, { description: 'What is to happen, one after the other.', min: 1, max: 20 })
  placements!: PlacementWishBody[];
}

export class PlacementFateBody {
  @Part(() => PlaceBody, { description: 'The cluster.' })
  cluster!: PlaceBody;

  @Integer({ description: 'Servers that were wished for.', example: 300 })
  servers!: number;

  @Integer({ description: 'Servers that would have their addresses at once.', example: 124 })
  at_once!: number;

  @Integer({ description: 'Servers that would wait for segments to be built.', example: 176 })
  after_building!: number;

  @Integer({ description: 'Servers that would be refused.', example: 0 })
  refused!: number;

  @AnyJson({ description: 'Why they would be refused: the problem; null when none are.', nullable: true })
  problem!: object | null;

  @Parts(() => DealtBody, { description: 'Segments that would be built for it.', max: 4096 })
  dealt!: DealtBody[];

  @Integer({ description: 'Subnets that would be made.', example: 0 })
  new_subnets!: number;

  @Integer({ description: 'Segments that other clusters would give up.', example: 0 })
  draining!: number;

  @Parts(() => BelowLowWaterBody, {
    description: 'Clusters that would stay below their low water.',
    max: 100,
  })
  below_low_water!: BelowLowWaterBody[];
}

export class SimulationBody {
  @Parts(() => PlacementFateBody, { description: 'What would become of each wish.', max: 20 })
  placements!: PlacementFateBody[];
}

export class AddressQuery extends PageQuery {
  @OneOf(HELD, { description: 'Only addresses in this state.', optional: true })
  state?: HeldName;

  @OneOf(ADDRESS_PURPOSES, { description: 'Only addresses that were taken out for this.', optional: true })
  purpose?: AddressPurpose;

  @Text({ description: 'Only addresses of this cluster: name or id.', example: 'east-1', optional: true })
  cluster?: string;

  @Id({ description: 'Only addresses of this subnet.', optional: true })
  subnet_id?: string;

  @Id({ description: 'Only addresses of this segment.', optional: true })
  segment_id?: string;

  @SortBy(['address'])
  sort?: string;
}

export class AddressBody {
  @Text({ description: 'The address.', example: '11.0.0.3' })
  address!: string;

  @OneOf(HELD, { description: 'What became of it.' })
  state!: HeldName;

  @OneOf(ADDRESS_PURPOSES, {
    description: 'Why nobody is handed it: a port that is not ours has it. Null: nothing of the kind.',
    nullable: true,
  })
  purpose!: AddressPurpose | null;

  @Id({ description: 'Its segment.' })
  segment_id!: string;

  @Id({ description: 'Its subnet.' })
  subnet_id!: string;

  @Part(() => PlaceBody, { description: 'The cluster that hands it out.', nullable: true })
  cluster!: PlaceBody | null;

  @Id({ description: 'Who asked for it.', nullable: true })
  reservation_id!: string | null;

  @Text({ description: 'The port that has it.', example: null, nullable: true })
  port_id!: string | null;

  @Time({ description: 'When a reservation lapses, or a cooling address is free again.', nullable: true })
  expires_at!: string | null;
}

export class AddressList {
  @Parts(() => AddressBody, {
    description: 'The addresses of this page; free ones are not listed.',
    max: 1000,
  })
  addresses!: AddressBody[];

  @NextLink()
  next!: string | null;
}
