import { SEGMENT_STATES, type SegmentState } from '@ultron/network/address-plan/segment/segment.state';
import { SUBNET_STATUSES, type SubnetStatus } from '@ultron/network/address-plan/subnet/subnet.state';
import {
  AnyJson,
  Bool,
  Id,
  Integer,
  OneOf,
  Part,
  Parts,
  Text,
  Time,
} from '../../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../../http/paging/page.query.js';
import { AcceptedTask } from '../../task/task.dto.js';
import { PlaceBody } from './vpc.dto.js';

export class SubnetCreateBody {
  @Text({ description: 'The IDC on whose clusters it is built: name or id.', example: 'frankfurt-1' })
  idc!: string;

  @Text({
    description: 'This very block of the VPC; the first free one unless told.',
    example: '11.0.0.0/22',
    max: 64,
    optional: true,
  })
  cidr?: string;

  @Bool({ description: 'Only say what would be built.', optional: true, example: false })
  dry_run?: boolean;
}

export class SubnetQuery extends PageQuery {
  @Text({ description: 'Only the subnets in this IDC: name or id.', example: 'frankfurt-1', optional: true })
  idc?: string;

  @OneOf(SUBNET_STATUSES, { description: 'Only subnets in this status.', optional: true })
  status?: SubnetStatus;

  @SortBy(['cidr'])
  sort?: string;
}

export class SegmentQuery extends PageQuery {
  @Text({ description: 'Only the segments of this cluster: name or id.', example: 'east-1', optional: true })
  cluster?: string;

  @OneOf(SEGMENT_STATES, { description: 'Only segments in this state.', optional: true })
  state?: SegmentState;

  @SortBy(['cidr'])
  sort?: string;
}

export class SegmentCountsBody {
  @Integer({ description: 'Segments that hand out addresses.', example: 4 })
  active!: number;

  @Integer({ description: 'Segments that are being built.', example: 1 })
  building!: number;

  @Integer({ description: 'Segments that a cluster could not build, or lost.', example: 0 })
  error!: number;

  @Integer({ description: 'Segments that are on their way back.', example: 0 })
  returning!: number;

  @Integer({ description: 'Segments that no cluster has.', example: 3 })
  spare!: number;
}

export class SubnetBody {
  @Id({ description: 'The id of the subnet.' })
  id!: string;

  @Id({ description: 'The VPC that it is a part of.' })
  vpc_id!: string;

  @Part(() => PlaceBody, { description: 'The IDC on whose clusters it is.' })
  idc!: PlaceBody;

  @Text({ description: 'Its block.', example: '11.0.0.0/22' })
  cidr!: string;

  @OneOf(SUBNET_STATUSES, {
    description:
      '`building`: segments are being built. `degraded`: a cluster could not build its own, and tries again; the ' +
      'others are of use. See its segments.',
  })
  status!: SubnetStatus;

  @Integer({ description: 'Free addresses in active segments.', example: 496 })
  free!: number;

  @Integer({ description: 'Free addresses in segments that are being built.', example: 124 })
  coming!: number;

  @Part(() => SegmentCountsBody, { description: 'Its segments, by what they are about.' })
  segments!: SegmentCountsBody;

  @Integer({ description: 'Grows with every change of the VPC.', example: 3 })
  version!: number;

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class SubnetList {
  @Parts(() => SubnetBody, { description: 'The subnets of this page.', max: 1000 })
  subnets!: SubnetBody[];

  @NextLink()
  next!: string | null;
}

export class SubnetAccepted {
  @Part(() => SubnetBody, { description: 'The subnet.' })
  subnet!: SubnetBody;

  @Part(() => AcceptedTask, { description: 'The task that builds or removes it in its clusters.' })
  task!: AcceptedTask;
}

export class DealtBody {
  @Part(() => PlaceBody, { description: 'The cluster that gets it.' })
  cluster!: PlaceBody;

  @Text({ description: 'The segment.', example: '11.0.0.0/25' })
  cidr!: string;

  @Id({ description: 'The subnet that it is a part of.' })
  subnet_id!: string;
}

export class SubnetPlan {
  @Part(() => SubnetBody, { description: 'The subnet as it would be.' })
  subnet!: SubnetBody;

  @Parts(() => DealtBody, { description: 'The segments that would be built.', max: 64 })
  dealt!: DealtBody[];
}

export class SegmentBody {
  @Id({ description: 'The id of the segment.' })
  id!: string;

  @Text({ description: 'Its block.', example: '11.0.0.0/25' })
  cidr!: string;

  @OneOf(SEGMENT_STATES, {
    description:
      '`spare`: of no cluster. `reserved`, `creating`: being built. `active`: addresses of it are handed out. ' +
      '`draining`, `quarantined`: on its way back. `error`: the cluster could not build it, or lost it.',
  })
  state!: SegmentState;

  @Part(() => PlaceBody, { description: 'The cluster that holds it; null of a spare one.', nullable: true })
  cluster!: PlaceBody | null;

  @Integer({ description: 'All its addresses.', example: 128 })
  size!: number;

  @Integer({ description: 'Addresses that nobody has.', example: 100 })
  free!: number;

  @Integer({ description: 'What the network itself needs.', example: 4 })
  infra!: number;

  @Integer({ description: 'Addresses for servers that are being made.', example: 4 })
  reserved!: number;

  @Integer({ description: 'Addresses that ports have.', example: 18 })
  bound!: number;

  @Integer({ description: 'Addresses that rest before they are handed out again.', example: 2 })
  cooling!: number;

  @Integer({ description: 'Addresses that ports have which are not ours.', example: 0 })
  taken_out!: number;

  @AnyJson({
    description: 'Why it could not be built or taken down; null when nothing is wrong.',
    nullable: true,
  })
  fault!: object | null;

  @Integer({ description: 'How often that was tried.', example: 0 })
  tries!: number;

  @Time({ description: 'When it is tried again by itself.', nullable: true })
  retry_at!: string | null;

  @Id({ description: 'The task that last worked on it.', nullable: true })
  task_id!: string | null;

  @Text({
    description: 'The Neutron subnet that it is in.',
    example: '0d1b2b4f-6d80-4a3c-9e5f-9b7d8c6a4e2f',
    nullable: true,
  })
  openstack_subnet_id!: string | null;

  @Time({ description: 'When it was dealt to its cluster.', nullable: true })
  dealt_at!: string | null;
}

export class SegmentList {
  @Parts(() => SegmentBody, { description: 'The segments of the subnet, the lowest first.', max: 1000 })
  segments!: SegmentBody[];

  @NextLink()
  next!: string | null;
}
