import { select } from '@ultron/platform/database/statement';
import { formatAddress } from '@ultron/network/address-plan/block/block';
import { type AddressRange, normalRanges } from '@ultron/network/realisation/allocation-pools.rules';
import type { Expectation, Intent } from '../compare/compare.facts.js';
import { addressOf, blockOf } from '../plan/address-text.rules.js';
import {
  asked,
  type IntentColumns,
  intentOf,
  type IntentSource,
  jsonOf,
  markOf,
  seenOf,
  taskRuns,
} from './intent.source.js';

interface SubnetRow extends IntentColumns {
  cidr: string;
  subnet_id: string;
  dhcp_ports: number;
  allocation_pools: string | AddressRange[];
}

/** A subnet in a cluster; its id is that of the segment, or of the subnet where it is stretched. */
const SELECT = `
  SELECT c.owner_id AS id, v.project_id, v.name, c.openstack_id, 0 AS dead, c.cidr, c.subnet_id,
         v.dhcp_ports, c.allocation_pools,
         (${taskRuns('t')} OR v.deleting_at IS NOT NULL OR COALESCE(g.state, 'active') <> 'active') AS busy,
         GREATEST(c.created_at, COALESCE(t.finished_at, c.created_at)) AS changed_at
  FROM cluster_subnet c
  JOIN vpc v ON v.id = c.vpc_id
  LEFT JOIN segment g ON g.id = c.owner_id
  LEFT JOIN cluster_vpc_network n ON n.vpc_id = c.vpc_id AND n.cluster_id = c.cluster_id
  LEFT JOIN task t ON t.id = n.turn_task_id`;

export const subnetSource: IntentSource = {
  kind: 'subnet',
  observedKind: 'subnet',

  async page(tx, clusterId, after, limit) {
    const rows = await select<SubnetRow>(
      tx,
      `${SELECT} WHERE c.cluster_id = ? AND c.owner_id > ? ORDER BY c.owner_id LIMIT ?`,
      [clusterId, after, limit],
    );
    return rows.map(toIntent);
  },

  async find(tx, clusterId, id) {
    const [row] = await select<SubnetRow>(tx, `${SELECT} WHERE c.cluster_id = ? AND c.owner_id = ?`, [
      clusterId,
      id,
    ]);
    return row ? toIntent(row) : null;
  },

  async claimed(tx, clusterId, openstackIds) {
    const rows = await select<{ openstack_id: string }>(
      tx,
      'SELECT openstack_id FROM cluster_subnet WHERE cluster_id = ? AND openstack_id IN (?)',
      [clusterId, openstackIds],
    );
    return new Set(rows.map((row) => row.openstack_id));
  },

  async byMarks(tx, clusterId, marks) {
    const rows = await select<SubnetRow>(tx, `${SELECT} WHERE c.cluster_id = ? AND c.owner_id IN (?)`, [
      clusterId,
      marks,
    ]);
    return new Map(rows.map((row) => [row.id, intentOf('subnet', row, [])]));
  },

  seen: (object) =>
    seenOf('subnet', object, {
      mark: markOf(object),
      inUse: false,
      fields: poolsSeen(object.fields['allocation_pools']),
    }),

  // A subnet goes with its network; what it overlaps is looked for elsewhere.
  passesOver: (seen) => seen.mark === null,
};

const toIntent = (row: SubnetRow): Intent =>
  intentOf('subnet', row, [
    asked('name', `ultron-${row.id === row.subnet_id ? 'subnet' : 'segment'}-${row.id}`, false),
    asked('cidr', row.cidr, false),
    ...gatewayWanted(row.cidr),
    asked('enable_dhcp', Number(row.dhcp_ports) > 0, false),
    {
      field: 'allocation_pools',
      value: normalRanges(jsonOf(row.allocation_pools)),
      kind: 'address_pool_edited',
      repairable: true,
    },
  ]);

/** The plan keeps the first address of a subnet for its gateway. */
function gatewayWanted(cidr: string): Expectation[] {
  const block = blockOf(cidr);
  return block ? [asked('gateway_ip', formatAddress(block.family, block.base + 1n), false)] : [];
}

/** Two lists of pools that hold the same addresses are the same, however they are cut. */
function poolsSeen(pools: unknown): { allocation_pools?: AddressRange[] } {
  if (!Array.isArray(pools) || !pools.every(isRange)) return {};
  return { allocation_pools: normalRanges(pools) };
}

const isRange = (pool: unknown): pool is AddressRange =>
  pool !== null &&
  typeof pool === 'object' &&
  'start' in pool &&
  'end' in pool &&
  isAddress(pool.start) &&
  isAddress(pool.end);

const isAddress = (text: unknown): boolean => typeof text === 'string' && addressOf(text) !== null;
