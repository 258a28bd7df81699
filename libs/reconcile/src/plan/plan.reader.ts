import { Injectable } from '@nestjs/common';
import { toBlock } from '@ultron/network/address-plan/block/block.row';
import { type Block, toBytes } from '@ultron/network/address-plan/block/block';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { PlanSegment } from './plan.rules.js';

/** The part of the address plan that one cluster has. */
export interface ClusterPlan {
  segments: PlanSegment[];
  /** By the OpenStack id of the network. */
  networks: Map<string, { id: string; projectId: string }>;
  vpcs: { id: string; projectId: string; block: Block }[];
}

interface SegmentRow {
  id: string;
  vpc_id: string;
  project_id: string;
  scope_id: string;
  base: Buffer;
  prefix: number;
  state: string;
}

/** Reads the address plan as a comparison needs it. */
@Injectable()
export class PlanReader {
  async ofCluster(read: Transaction, clusterId: string): Promise<ClusterPlan> {
    const segments = await select<SegmentRow>(
      read,
      `SELECT g.id, g.vpc_id, v.project_id, g.scope_id, g.base, g.prefix, g.state
       FROM segment g JOIN vpc v ON v.id = g.vpc_id WHERE g.cluster_id = ?`,
      [clusterId],
    );
    const networks = await select<{ openstack_id: string; id: string; project_id: string }>(
      read,
      `SELECT n.openstack_id, v.id, v.project_id FROM cluster_vpc_network n JOIN vpc v ON v.id = n.vpc_id
       WHERE n.cluster_id = ? AND n.openstack_id IS NOT NULL`,
      [clusterId],
    );
    const vpcs = await select<{ id: string; project_id: string; base: Buffer; prefix: number }>(
      read,
      `SELECT v.id, v.project_id, v.base, v.prefix FROM vpc v
       WHERE v.id IN (SELECT vpc_id FROM cluster_vpc_network WHERE cluster_id = ?)`,
      [clusterId],
    );
    return {
      segments: segments.map(segmentOfRow),
      networks: new Map(networks.map((row) => [row.openstack_id, { id: row.id, projectId: row.project_id }])),
      vpcs: vpcs.map((row) => ({ id: row.id, projectId: row.project_id, block: toBlock(row) })),
    };
  }

  /** What the plan says of these addresses of one scope; those that are free are left out. By their bytes in hex. */
  async held(
    read: Transaction,
    scopeId: string,
    family: 4 | 6,
    addresses: readonly bigint[],
  ): Promise<Map<string, { state: string }>> {
    if (!addresses.length) return new Map();
    const rows = await select<{ address: Buffer; state: string }>(
      read,
      'SELECT address, state FROM address WHERE scope_id = ? AND address IN (?)',
      [scopeId, addresses.map((address) => toBytes(family, address))],
    );
    return new Map(rows.map((row) => [row.address.toString('hex'), { state: row.state }]));
  }
}

const segmentOfRow = (row: SegmentRow): PlanSegment => ({
  id: row.id,
  vpcId: row.vpc_id,
  projectId: row.project_id,
  scopeId: row.scope_id,
  block: toBlock(row),
  settled: row.state === 'active',
});
