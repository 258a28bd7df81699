import { REALISATIONS, type Realisation } from '@ultron/network/address-plan/segment/infra.rules';
import { SHARINGS, type Sharing } from '@ultron/network/address-plan/supplement/supplement.rules';
import {
  Bool,
  Id,
  Integer,
  OneOf,
  Part,
  Parts,
  Text,
  Texts,
  Time,
} from '../../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../../http/paging/page.query.js';
import { AcceptedTask } from '../../task/task.dto.js';

const SHARING =
  'What a cluster that runs out gets of a new subnet: `hold_back` what it needs within the hour, `all` all that the ' +
  'low-water marks of the others leave.';

export class VpcCreateBody {
  @Text({ description: 'For people.', example: 'shop' })
  name!: string;

  @Text({
    description:
      'Name or id of the pool; the pool `default` unless told, which is made when there is none yet.',
    example: 'default',
    max: 63,
    optional: true,
  })
  address_pool?: string;

  @Text({
    description: 'This very block of the pool; the next free one unless told.',
    example: '11.0.16.0/20',
    max: 64,
    optional: true,
  })
  cidr?: string;

  @Texts({
    description:
      'The IDCs that it is meant for, names or ids: each keeps the place of its first subnet, until it is given up.',
    example: ['frankfurt-1'],
    max: 256,
    optional: true,
  })
  idcs?: string[];

  @OneOf(REALISATIONS, {
    description:
      '`routed`: a Neutron subnet with a gateway of its own for each segment. `stretched`: every cluster has the ' +
      'whole subnet and hands out its segments of it; the clusters must be joined at layer 2.',
    optional: true,
  })
  realisation?: Realisation;

  @OneOf(SHARINGS, { description: SHARING, optional: true })
  sharing?: Sharing;

  @Integer({
    description: 'Addresses that DHCP agents take in each segment; 1 unless told.',
    min: 0,
    max: 8,
    example: 1,
    optional: true,
  })
  dhcp_ports?: number;

  @Id({ description: 'For admins: the project whose VPC it is.', optional: true })
  project_id?: string;

  @Bool({ description: 'Only say what would be made.', optional: true, example: false })
  dry_run?: boolean;
}

export class VpcPatchBody {
  @Text({ description: 'For people.', example: 'shop', optional: true })
  name?: string;

  @OneOf(SHARINGS, { description: SHARING, optional: true })
  sharing?: Sharing;
}

export class VpcQuery extends PageQuery {
  @Text({ description: 'Only VPCs of this name.', example: 'shop', optional: true })
  name?: string;

  @Text({ description: 'Only VPCs of this pool: name or id.', example: 'default', optional: true })
  address_pool?: string;

  @Id({ description: 'For admins: only VPCs of this project.', optional: true })
  project_id?: string;

  @SortBy(['name', 'created_at'])
  sort?: string;
}

export class PlaceBody {
  @Id({ description: 'Its id.' })
  id!: string;

  @Text({ description: 'Its name; null when it is gone.', example: 'frankfurt-1', nullable: true })
  name!: string | null;
}

export class VpcIdcBody extends PlaceBody {
  @Integer({ description: 'How many subnets of the VPC are there.', example: 1 })
  subnets!: number;

  @Bool({ description: 'Whether the place of its first subnet is kept for it.', example: false })
  kept!: boolean;
}

export class VpcBody {
  @Id({ description: 'The id of the VPC.' })
  id!: string;

  @Id({ description: 'The project whose it is.' })
  project_id!: string;

  @Text({ description: 'For people.', example: 'shop' })
  name!: string;

  @OneOf(['active', 'deleting'], { description: '`deleting`: its networks are being removed.' })
  status!: 'active' | 'deleting';

  @Text({ description: 'Its block.', example: '11.0.0.0/20' })
  cidr!: string;

  @Id({ description: 'The pool that it is cut from.' })
  address_pool_id!: string;

  @OneOf(REALISATIONS, { description: 'How its subnets are built.' })
  realisation!: Realisation;

  @OneOf(SHARINGS, { description: SHARING })
  sharing!: Sharing;

  @Integer({ description: 'Addresses that DHCP agents take in each segment.', example: 1 })
  dhcp_ports!: number;

  @Parts(() => VpcIdcBody, { description: 'The IDCs that it is in, or meant for.', max: 256 })
  idcs!: VpcIdcBody[];

  @Integer({ description: 'How many subnets it has.', example: 1 })
  subnets_used!: number;

  @Integer({ description: 'How many it has room for.', example: 4 })
  subnets_total!: number;

  @Integer({ description: 'Grows with every change of it, its subnets and their segments.', example: 3 })
  version!: number;

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class VpcList {
  @Parts(() => VpcBody, { description: 'The VPCs of this page.', max: 1000 })
  vpcs!: VpcBody[];

  @NextLink()
  next!: string | null;
}

export class VpcMade extends VpcBody {
  @Texts({ description: 'What one must know of its address space.', example: [], itemMax: 1000 })
  warnings!: string[];
}

export class VpcAccepted {
  @Part(() => VpcBody, { description: 'The VPC.' })
  vpc!: VpcBody;

  @Part(() => AcceptedTask, { description: 'The task.' })
  task!: AcceptedTask;
}
