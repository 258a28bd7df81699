import { Inject, Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Family } from '../block/block.js';
import type { SubnetFacts, VpcFacts } from '../plan.facts.js';
import { deleting, notFound } from '../plan.faults.js';
import {
  SEGMENT_COLUMNS,
  SegmentRepository,
  toSegment,
  type SegmentRow,
} from '../segment/segment.repository.js';
import { SUBNET_COLUMNS, SubnetRepository, toSubnet, type SubnetRow } from '../subnet/subnet.repository.js';
import type { Sharing } from '../supplement/supplement.rules.js';
import { toVpc, VPC_COLUMNS, VpcRepository, type VpcRow } from './vpc.repository.js';

export interface PlannedSubnet extends SubnetFacts {
  deleting: boolean;
  createdAt: Date;
  segments: SegmentRow[];
}

/** A VPC with all its subnets and segments. */
export interface VpcPlan extends VpcFacts {
  /** The scope in which an address exists once: the pool. */
  scopeId: string;
  family: Family;
  sharing: Sharing;
  projectId: string;
  name: string;
  createdAt: Date;
  deleting: boolean;
  generation: number;
  subnets: PlannedSubnet[];
}

/** Reads the whole plan of a VPC: at most a few hundred rows, however many addresses it has. */
@Injectable()
export class VpcPlanRepository {
  constructor(
    @Inject(VpcRepository) private readonly vpcs: VpcRepository,
    @Inject(SubnetRepository) private readonly subnets: SubnetRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
  ) {}

  /** The plan as it stands; nobody else changes it before the transaction ends. Throws `vpc_not_found`. */
  async lock(tx: Transaction, vpcId: string): Promise<VpcPlan> {
    return this.read(tx, vpcId, await this.vpcs.lock(tx, vpcId));
  }

  /** As `lock`, for dealing something out of it. Throws `vpc_not_found`, `vpc_deleting`. */
  async lockOpen(tx: Transaction, vpcId: string): Promise<VpcPlan> {
    const plan = await this.lock(tx, vpcId);
    if (plan.deleting) throw deleting('VPC', vpcId);
    return plan;
  }

  /** The plan without a lock, for showing it. Throws `vpc_not_found`. */
  async get(tx: Transaction, vpcId: string): Promise<VpcPlan> {
    return this.read(tx, vpcId, await this.vpcs.find(tx, vpcId));
  }

  /** The plans of several VPCs, with one statement and without locks; those that do not exist are left out. */
  async many(tx: Transaction, vpcIds: readonly string[]): Promise<Map<string, VpcPlan>> {
    if (vpcIds.length === 0) return new Map();
    const rows = await select<JoinedRow>(
      tx,
      `SELECT ${VPC_COLUMNS('v_')}, ${SUBNET_COLUMNS('n_')}, ${SEGMENT_COLUMNS('g_')}
         FROM vpc v JOIN address_pool p ON p.id = v.pool_id
         LEFT JOIN subnet n ON n.vpc_id = v.id
         LEFT JOIN segment g ON g.subnet_id = n.id AND g.vpc_id = v.id
        WHERE v.id IN (?) ORDER BY v.id, n.slot, g.base`,
      [vpcIds],
    );
    const byVpc = Map.groupBy(rows, (row) => String(row['v_id']));
    return new Map([...byVpc].map(([id, own]) => [id, joined(own)]));
  }

  private async read(tx: Transaction, vpcId: string, vpc: VpcRow | null): Promise<VpcPlan> {
    if (!vpc) throw notFound('VPC', vpcId);
    return planOf(vpc, await this.subnets.ofVpc(tx, vpcId), await this.segments.ofVpc(tx, vpcId));
  }
}

type JoinedRow = Record<string, unknown>;

function joined(rows: readonly JoinedRow[]): VpcPlan {
  const distinct = (prefix: string) => {
    const there = rows.filter((row) => row[`${prefix}id`] !== null);
    return [...new Map(there.map((row) => [row[`${prefix}id`], row])).values()];
  };
  const [vpc] = distinct('v_');
  if (!vpc) throw new RangeError('a plan has the row of its VPC');
  return planOf(
    toVpc(without('v_', vpc)),
    distinct('n_').map((row) => toSubnet(without('n_', row))),
    distinct('g_').map((row) => toSegment(without('g_', row))),
  );
}

/** The columns of one table of a join; the statement names them as the table's own rows do. */
function without<Columns>(prefix: string, row: JoinedRow): Columns {
  const own = Object.entries(row).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value])) as Columns;
}

function planOf(vpc: VpcRow, subnets: readonly SubnetRow[], segments: readonly SegmentRow[]): VpcPlan {
  const { name, createdAt } = vpc;
  const { id, poolId, projectId, block, policy, infra, sharing, idcIds, generation, deleting } = vpc;
  return {
    id,
    scopeId: poolId,
    projectId,
    name,
    createdAt,
    deleting,
    family: block.family,
    block,
    policy,
    infra,
    sharing,
    idcIds,
    generation,
    subnets: subnets.map((subnet) => ({
      ...subnet,
      segments: segments.filter(({ subnetId }) => subnetId === subnet.id),
    })),
  };
}

/** The subnet of the plan; its absence would be a mistake in the program. */
export function subnetOf(plan: VpcPlan, subnetId: string): PlannedSubnet {
  const subnet = plan.subnets.find(({ id }) => id === subnetId);
  if (!subnet) throw new RangeError(`VPC ${plan.id} has no subnet ${subnetId}`);
  return subnet;
}
