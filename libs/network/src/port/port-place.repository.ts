import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { SegmentState } from '../address-plan/segment/segment.state.js';
import { fromBytes, holds } from '../address-plan/block/block.js';
import { toBlock } from '../address-plan/block/block.row.js';

/** A VPC as far as a port or a router needs to know it. */
export interface PlaceVpc {
  id: string;
  projectId: string;
  name: string;
  realisation: 'routed' | 'stretched';
}

/** The segment of a cluster, and where it is in Neutron; null as long as it is not built. */
export interface PlaceSegment {
  id: string;
  vpcId: string;
  subnetId: string;
  clusterId: string;
  openstackSubnetId: string | null;
  openstackNetworkId: string | null;
  state: SegmentState;
  /** The task that builds it, or built it last. */
  taskId: string | null;
}

const SEGMENT = `
  SELECT s.id, s.vpc_id AS vpcId, s.subnet_id AS subnetId, s.cluster_id AS clusterId,
         cs.openstack_id AS openstackSubnetId, cs.openstack_network_id AS openstackNetworkId,
         s.state, s.task_id AS taskId
    FROM segment s JOIN vpc v ON v.id = s.vpc_id
    LEFT JOIN cluster_subnet cs
      ON cs.cluster_id = s.cluster_id AND cs.owner_id = IF(v.realisation = 'stretched', s.subnet_id, s.id)`;

/** Where in the plan, and where in Neutron, something of a VPC can be. It reads only. */
@Injectable()
export class PortPlaceRepository {
  /** By id, or by name within a project; the VPCs that it may mean. */
  async findVpcs(tx: Transaction, nameOrId: string, projectId: string | undefined): Promise<PlaceVpc[]> {
    return select(
      tx,
      `SELECT id, project_id AS projectId, name, realisation FROM vpc
        WHERE (id = ? OR name = ?) AND deleting_at IS NULL ${projectId === undefined ? '' : 'AND project_id = ?'}
        ORDER BY id LIMIT 2`,
      [nameOrId, nameOrId, projectId],
    );
  }

  /** The VPC of the subnet. */
  async findVpcOfSubnet(tx: Transaction, subnetId: string): Promise<PlaceVpc | null> {
    const [vpc] = await select<PlaceVpc>(
      tx,
      `SELECT v.id, v.project_id AS projectId, v.name, v.realisation FROM subnet s JOIN vpc v ON v.id = s.vpc_id
        WHERE s.id = ? AND s.deleting_at IS NULL AND v.deleting_at IS NULL`,
      [subnetId],
    );
    return vpc ?? null;
  }

  /** The cluster in whose active segment the address lies; null when none has it. */
  async clusterOf(tx: Transaction, vpcId: string, address: Buffer): Promise<string | null> {
    const rows = await select<{ clusterId: string; base: Buffer; prefix: number }>(
      tx,
      `SELECT cluster_id AS clusterId, base, prefix FROM segment
        WHERE vpc_id = ? AND state = 'active' AND base <= ? AND LENGTH(base) = ? ORDER BY base DESC LIMIT 1`,
      [vpcId, address, address.length],
    );
    const [row] = rows;
    return row && holds(toBlock(row), fromBytes(address)) ? row.clusterId : null;
  }

  async findSegment(tx: Transaction, id: string): Promise<PlaceSegment | null> {
    const [segment] = await select<PlaceSegment>(tx, `${SEGMENT} WHERE s.id = ?`, [id]);
    return segment ?? null;
  }

  /** Segments of the subnets that clusters have or are to have. */
  async segmentsOf(
    tx: Transaction,
    subnetIds: readonly string[],
    clusterId?: string,
  ): Promise<PlaceSegment[]> {
    if (subnetIds.length === 0) return [];
    return select(
      tx,
      `${SEGMENT} WHERE s.subnet_id IN (?) AND s.cluster_id IS NOT NULL
         AND s.state IN ('reserved', 'creating', 'active', 'error') ${clusterId === undefined ? '' : 'AND s.cluster_id = ?'}
       ORDER BY s.id`,
      [subnetIds, clusterId],
    );
  }

  /** Keeps the segments of a subnet as they are until the transaction ends. */
  async lockSegments(tx: Transaction, subnetId: string): Promise<void> {
    await select(tx, 'SELECT id FROM segment WHERE subnet_id = ? ORDER BY id FOR UPDATE', [subnetId]);
  }
}
