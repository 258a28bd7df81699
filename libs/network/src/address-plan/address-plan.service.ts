import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { isDuplicate } from '@ultron/platform/database/database.errors';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from './address-plan.config.js';
import { childAt, contains, formatBlock, indexOf, overlaps, parseBlock, type Block } from './block/block.js';
import { freeSlots } from './plan.facts.js';
import { alreadyUsed, notFound } from './plan.faults.js';
import { AddressPoolRepository, type NewPool, type PoolRow } from './pool/address-pool.repository.js';
import {
  checkPrefixes,
  subnetsPerVpc,
  vpcsPerPool,
  warningsOf,
  type PrefixPolicy,
} from './pool/pool.rules.js';
import type { Realisation } from './segment/infra.rules.js';
import { SegmentDeals } from './segment/segment-deals.js';
import { splitEvenly } from './subnet/split.rules.js';
import { SubnetRepository, type SubnetRow } from './subnet/subnet.repository.js';
import type { DealtSegment } from './supplement/supplement.outcome.js';
import type { Sharing } from './supplement/supplement.rules.js';
import { VpcPlanRepository, type VpcPlan } from './vpc/vpc-plan.repository.js';
import { VpcRepository } from './vpc/vpc.repository.js';

export interface CreatePool {
  id: string;
  name: string;
  cidr?: string;
  prefixes?: PrefixPolicy;
}

export interface CreatedPool {
  id: string;
  cidr: string;
  prefixes: PrefixPolicy;
  /** For the operator, for example that the space is public. */
  warnings: string[];
}

export interface CreateVpc {
  id: string;
  poolId: string;
  projectId: string;
  name: string;
  /** This very block of the pool; otherwise the next free one. */
  cidr?: string | undefined;
  /** The IDCs that it is meant for; each keeps the place of its first subnet. */
  idcIds: string[];
  realisation?: Realisation;
  sharing?: Sharing;
  dhcpPorts?: number;
}

export interface CreateSubnet {
  id: string;
  vpcId: string;
  idcId: string;
  /** This very block of the VPC; otherwise the first free one. */
  cidr?: string | undefined;
  /** The clusters of the IDC that may take a part of it. */
  clusterIds: readonly string[];
}

export interface CreatedSubnet {
  id: string;
  cidr: string;
  /** To be built in their clusters. Empty when the subnet had been made before. */
  dealt: DealtSegment[];
}

const MOST_DHCP_PORTS = 8;
const DEFAULT_POOL = 'default';

/**
 * Pools, VPCs and subnets. Ids are the caller's: asking again with the same id changes nothing and gives the same
 * answer.
 */
@Injectable()
export class AddressPlanService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AddressPoolRepository) private readonly pools: AddressPoolRepository,
    @Inject(VpcRepository) private readonly vpcs: VpcRepository,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(SubnetRepository) private readonly subnets: SubnetRepository,
    @Inject(SegmentDeals) private readonly deals: SegmentDeals,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /** @throws Fault `cidr_…`, `prefixes_invalid`, `address_pool_overlaps`, `address_pool_name_taken`, `id_already_used` */
  createPool(command: CreatePool): Promise<CreatedPool> {
    return this.database.transaction((tx) => this.createPoolIn(tx, command));
  }

  /** As `createPool`, in the caller's transaction; so are all the `…In` below. */
  async createPoolIn(tx: Transaction, command: CreatePool): Promise<CreatedPool> {
    const block = parseBlock(command.cidr ?? this.config.poolCidr, '/cidr');
    const policy = command.prefixes ?? this.config.prefixes;
    checkPrefixes(block, policy);
    const { id, name } = command;
    if (!(await this.isSamePool(tx, { id, name, block, policy }))) {
      await this.insertPool(tx, { id, name, block, policy });
      // After the insert: two that insert at once meet in this lock, one of them begins anew and sees the other.
      const others = (await this.pools.lockAll(tx)).filter((pool) => pool.id !== id);
      const other = others.find((pool) => overlaps(pool.block, block));
      if (other) throw poolOverlaps(block, other);
    }
    return { id, cidr: formatBlock(block), prefixes: policy, warnings: warningsOf(block) };
  }

  private async isSamePool(tx: Transaction, pool: NewPool): Promise<boolean> {
    const before = await this.pools.find(tx, pool.id);
    if (!before) return false;
    const same = before.name === pool.name && formatBlock(before.block) === formatBlock(pool.block);
    if (!same) throw alreadyUsed(pool.id);
    return true;
  }

  private async insertPool(tx: Transaction, pool: NewPool): Promise<void> {
    try {
      await this.pools.insert(tx, pool);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new Fault({
        code: 'address_pool_name_taken',
        category: 'conflict',
        detail: `There is an address pool ${pool.name} already.`,
        cause: error,
      });
    }
  }

  /**
   * The id of the pool of this name or id. Without a name the pool `default`, which is made of the configured block when
   * there is none yet.
   * @throws Fault `unknown_reference` with the pointer of the field
   */
  async poolCalledIn(tx: Transaction, nameOrId: string | undefined, pointer: string): Promise<string> {
    const found = await this.pools.named(tx, nameOrId ?? DEFAULT_POOL);
    if (found) return found.id;
    if (nameOrId === undefined) return this.defaultPoolIn(tx);
    const detail = 'names no address pool';
    throw new Fault({
      code: 'unknown_reference',
      category: 'invalid',
      detail: `There is no address pool ${nameOrId}.`,
      fields: [{ pointer, detail }],
    });
  }

  private async defaultPoolIn(tx: Transaction): Promise<string> {
    try {
      return (await this.createPoolIn(tx, { id: newId(), name: DEFAULT_POOL })).id;
    } catch (error) {
      // Somebody else has just made it.
      const made = error instanceof Fault && error.code === 'address_pool_name_taken';
      const found = made ? await this.pools.named(tx, DEFAULT_POOL) : null;
      if (!found) throw error;
      return found.id;
    }
  }

  /** Records a VPC and its block; nothing is built. Throws `address_pool_not_found`, `address_pool_exhausted`. */
  createVpc(command: CreateVpc): Promise<{ id: string; cidr: string }> {
    return this.database.transaction((tx) => this.createVpcIn(tx, command));
  }

  async createVpcIn(tx: Transaction, command: CreateVpc): Promise<{ id: string; cidr: string }> {
    const pool = await this.pools.lock(tx, command.poolId);
    if (!pool) throw notFound('address pool', command.poolId);
    const before = await this.vpcs.find(tx, command.id);
    if (before) {
      if (before.projectId !== command.projectId || before.name !== command.name)
        throw alreadyUsed(before.id);
      return { id: before.id, cidr: formatBlock(before.block) };
    }
    checkVpc(command, pool);
    const slot = command.cidr === undefined ? await this.takeSlot(tx, pool) : chosenSlot(pool, command.cidr);
    const block = childAt(pool.block, pool.policy.vpc, slot);
    const other = await this.vpcs.atSlot(tx, pool.id, slot);
    if (other) throw cidrTaken('VPC', block, other);
    await this.vpcs.insert(tx, {
      ...command,
      slot,
      block,
      infra: { realisation: command.realisation ?? 'routed', dhcpPorts: command.dhcpPorts ?? 1 },
      sharing: command.sharing ?? 'hold_back',
    });
    return { id: command.id, cidr: formatBlock(block) };
  }

  /** One that was never used, as long as there is one: what a deleted VPC had rests as long as can be. */
  private async takeSlot(tx: Transaction, pool: PoolRow): Promise<number> {
    const slots = vpcsPerPool(pool.block, pool.policy);
    const fresh = await this.vpcs.lowestFreeSlot(tx, pool.id, pool.nextSlot, slots);
    if (fresh !== null) {
      await this.pools.setNextSlot(tx, pool.id, fresh + 1);
      return fresh;
    }
    const used = await this.vpcs.lowestFreeSlot(tx, pool.id, 0, slots);
    if (used === null) throw poolExhausted(pool);
    return used;
  }

  /** Gives up the slot that is kept for an IDC without a subnet, so that the others may have it. */
  giveUpSlot(vpcId: string, idcId: string): Promise<void> {
    return this.database.transaction((tx) => this.giveUpSlotIn(tx, vpcId, idcId));
  }

  async giveUpSlotIn(tx: Transaction, vpcId: string, idcId: string): Promise<void> {
    const plan = await this.plans.lock(tx, vpcId);
    const left = plan.idcIds.filter((id) => id !== idcId);
    await this.vpcs.setIdcs(tx, vpcId, left);
    await this.vpcs.advance(tx, plan);
  }

  /**
   * Cuts a subnet evenly among the clusters of an IDC; its segments are reserved until they are built.
   * @throws Fault `vpc_not_found`, `idc_without_clusters`, `too_many_clusters`, `vpc_slots_exhausted`
   */
  createSubnet(command: CreateSubnet): Promise<CreatedSubnet> {
    return this.database.transaction((tx) => this.createSubnetIn(tx, command));
  }

  async createSubnetIn(tx: Transaction, command: CreateSubnet): Promise<CreatedSubnet> {
    const plan = await this.plans.lockOpen(tx, command.vpcId);
    const before = await this.subnets.find(tx, command.id);
    if (before) return sameSubnet(before, command);
    const slot = slotFor(plan, command);
    const block = childAt(plan.block, plan.policy.subnet, slot);
    const clusterIds = [...new Set(command.clusterIds)];
    const { deals, spares } = splitEvenly(block, plan.policy, clusterIds, slot);
    const { id, vpcId, idcId } = command;
    await this.subnets.insert(tx, { id, vpcId, idcId, slot, block });
    const parts = [...deals, ...spares.map((one) => ({ block: one, clusterId: null }))];
    const dealt = await this.deals.record(tx, plan, { id, block }, parts);
    await this.vpcs.advance(tx, plan);
    return { id, cidr: formatBlock(block), dealt };
  }
}

function sameSubnet(before: SubnetRow, { vpcId, idcId }: CreateSubnet): CreatedSubnet {
  if (before.vpcId !== vpcId || before.idcId !== idcId) throw alreadyUsed(before.id);
  return { id: before.id, cidr: formatBlock(before.block), dealt: [] };
}

/** The place of a VPC in its pool, or of a subnet in its VPC. Throws `cidr_…`. */
function slotOf(outer: Block, prefix: number, cidr: string): number {
  const block = parseBlock(cidr, '/cidr');
  const within = formatBlock(outer);
  if (!contains(outer, block)) {
    throw invalid('cidr_outside', '/cidr', `${cidr} does not lie in ${within}.`);
  }
  if (block.prefix !== prefix) {
    throw invalid(
      'cidr_misaligned',
      '/cidr',
      `${within} is cut into blocks of /${prefix}; ${cidr} is none of them.`,
    );
  }
  return indexOf(outer, block);
}

function chosenSlot(pool: PoolRow, cidr: string): number {
  return slotOf(pool.block, pool.policy.vpc, cidr);
}

function cidrTaken(what: 'VPC' | 'subnet', block: Block, other: { id: string; block: Block }): Fault {
  return new Fault({
    code: 'cidr_overlaps',
    category: 'conflict',
    detail: `${formatBlock(block)} overlaps ${formatBlock(other.block)} of another ${what}.`,
    fields: [{ pointer: '/cidr', detail: 'is taken' }],
  });
}

function slotFor(plan: VpcPlan, { idcId, cidr }: CreateSubnet): number {
  const wanted = cidr === undefined ? undefined : slotOf(plan.block, plan.policy.subnet, cidr);
  const other = plan.subnets.find((subnet) => subnet.slot === wanted);
  if (other) throw cidrTaken('subnet', other.block, other);
  const { free, keptFor } = freeSlots(plan, subnetsPerVpc(plan.policy));
  const kept = keptFor.filter((id) => id !== idcId);
  const slot = wanted ?? free[0];
  if (slot !== undefined && free.length > kept.length) return slot;
  throw new Fault({
    code: 'vpc_slots_exhausted',
    category: 'conflict',
    detail:
      kept.length > 0
        ? 'What is left of the VPC is kept for IDCs that have no subnet yet; give one of them up first.'
        : 'The VPC has as many subnets as it can have.',
    extra: { kept_for: kept },
  });
}

function checkVpc({ idcIds, dhcpPorts = 1 }: CreateVpc, pool: PoolRow): void {
  const most = subnetsPerVpc(pool.policy);
  if (new Set(idcIds).size > most) {
    throw invalid(
      'too_many_idcs',
      '/idc_ids',
      `A VPC of this pool has room for ${most} subnets, one per IDC.`,
    );
  }
  if (!Number.isInteger(dhcpPorts) || dhcpPorts < 0 || dhcpPorts > MOST_DHCP_PORTS) {
    throw invalid(
      'dhcp_ports_invalid',
      '/dhcp_ports',
      `A whole number from 0 to ${MOST_DHCP_PORTS} is expected.`,
    );
  }
}

function invalid(code: string, pointer: string, detail: string): Fault {
  return new Fault({ code, category: 'invalid', detail, fields: [{ pointer, detail }] });
}

function poolOverlaps(block: Block, other: PoolRow): Fault {
  return new Fault({
    code: 'address_pool_overlaps',
    category: 'conflict',
    detail: `${formatBlock(block)} overlaps the pool ${other.name} (${formatBlock(other.block)}).`,
  });
}

function poolExhausted({ name, block, policy }: PoolRow): Fault {
  return new Fault({
    code: 'address_pool_exhausted',
    category: 'conflict',
    detail: `The pool ${name} has given all its ${vpcsPerPool(block, policy)} VPCs; use another pool.`,
    whoCanFix: 'operator',
  });
}
