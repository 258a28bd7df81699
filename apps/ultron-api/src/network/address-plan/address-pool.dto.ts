import { formatBlock } from '@ultron/network/address-plan/block/block';
import type { PoolRow } from '@ultron/network/address-plan/pool/address-pool.repository';
import { vpcsPerPool, warningsOf } from '@ultron/network/address-plan/pool/pool.rules';
import { Bool, Id, Integer, Parts, Text, Texts, Time } from '../../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../../http/paging/page.query.js';

const Prefix = (of: string, example: number) =>
  Integer({
    description: `The prefix length of ${of}; what is configured unless told.`,
    min: 1,
    max: 32,
    example,
    optional: true,
  });

export class AddressPoolCreateBody {
  @Text({ description: 'Unique among the pools.', example: 'default', max: 63 })
  name!: string;

  @Text({
    description: 'The block that VPCs are cut from; 11.0.0.0/8 (public space) unless configured otherwise.',
    example: '10.0.0.0/8',
    max: 64,
    optional: true,
  })
  cidr?: string;

  @Prefix('a VPC', 20)
  vpc_prefix?: number;

  @Prefix('a subnet', 22)
  subnet_prefix?: number;

  @Prefix('the smallest segment', 25)
  segment_prefix?: number;

  @Bool({ description: 'Only say what would be made.', optional: true, example: false })
  dry_run?: boolean;
}

export class AddressPoolQuery extends PageQuery {
  @Text({ description: 'Only the pool of this name.', example: 'default', optional: true })
  name?: string;

  @SortBy(['name', 'created_at'])
  sort?: string;
}

export class AddressPoolBody {
  @Id({ description: 'The id of the pool.' })
  id!: string;

  @Text({ description: 'Unique among the pools.', example: 'default' })
  name!: string;

  @Text({ description: 'The block that VPCs are cut from.', example: '11.0.0.0/8' })
  cidr!: string;

  @Integer({ description: 'The prefix length of a VPC.', example: 20 })
  vpc_prefix!: number;

  @Integer({ description: 'The prefix length of a subnet.', example: 22 })
  subnet_prefix!: number;

  @Integer({ description: 'The prefix length of the smallest segment.', example: 25 })
  segment_prefix!: number;

  @Integer({ description: 'How many VPCs fit into the pool.', example: 4096 })
  vpcs_total!: number;

  @Integer({ description: 'How many there are.', example: 3 })
  vpcs_used!: number;

  @Texts({ description: 'What one must know of the pool before using it.', example: [], itemMax: 1000 })
  warnings!: string[];

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class AddressPoolList {
  @Parts(() => AddressPoolBody, { description: 'The pools of this page.', max: 1000 })
  address_pools!: AddressPoolBody[];

  @NextLink()
  next!: string | null;
}

export const poolView = (pool: PoolRow, vpcs: number): AddressPoolBody => ({
  id: pool.id,
  name: pool.name,
  cidr: formatBlock(pool.block),
  vpc_prefix: pool.policy.vpc,
  subnet_prefix: pool.policy.subnet,
  segment_prefix: pool.policy.segment,
  vpcs_total: Number(vpcsPerPool(pool.block, pool.policy)),
  vpcs_used: vpcs,
  warnings: warningsOf(pool.block),
  created_at: pool.createdAt.toISOString(),
});
