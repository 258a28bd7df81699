import { select } from '@ultron/platform/database/statement';
import type { Intent } from '../compare/compare.facts.js';
import {
  asked,
  type IntentColumns,
  intentOf,
  type IntentSource,
  markOf,
  seenOf,
  taskRuns,
} from './intent.source.js';

/** The network of a VPC in a cluster; its id is that of the VPC. */
const SELECT = `
  SELECT v.id, v.project_id, v.name, n.openstack_id, 0 AS dead,
         (${taskRuns('t')} OR v.deleting_at IS NOT NULL) AS busy,
         GREATEST(v.created_at, COALESCE(n.created_at, v.created_at), COALESCE(t.finished_at, v.created_at)) AS changed_at
  FROM vpc v
  LEFT JOIN cluster_vpc_network n ON n.vpc_id = v.id AND n.cluster_id = ?
  LEFT JOIN task t ON t.id = n.turn_task_id`;

export const networkSource: IntentSource = {
  kind: 'network',
  observedKind: 'network',

  async page(tx, clusterId, after, limit) {
    const rows = await select<IntentColumns>(
      tx,
      `${SELECT} WHERE n.openstack_id IS NOT NULL AND v.id > ? ORDER BY v.id LIMIT ?`,
      [clusterId, after, limit],
    );
    return rows.map(toIntent);
  },

  async find(tx, clusterId, id) {
    const [row] = await select<IntentColumns>(tx, `${SELECT} WHERE n.openstack_id IS NOT NULL AND v.id = ?`, [
      clusterId,
      id,
    ]);
    return row ? toIntent(row) : null;
  },

  /** Also the networks that were there before Ultron and have a logical one. */
  async claimed(tx, clusterId, openstackIds) {
    const rows = await select<{ openstack_id: string }>(
      tx,
      `SELECT openstack_id FROM cluster_vpc_network WHERE cluster_id = ? AND openstack_id IN (?)
       UNION SELECT openstack_id FROM cluster_network
             WHERE cluster_id = ? AND openstack_id IN (?) AND network_id IS NOT NULL`,
      [clusterId, openstackIds, clusterId, openstackIds],
    );
    return new Set(rows.map((row) => row.openstack_id));
  },

  async byMarks(tx, clusterId, marks) {
    const rows = await select<IntentColumns>(tx, `${SELECT} WHERE v.id IN (?)`, [clusterId, marks]);
    return new Map(rows.map((row) => [row.id, intentOf('network', row, [])]));
  },

  seen: (object) => seenOf('network', object, { mark: markOf(object), inUse: false }),

  // Neutron makes networks of its own for HA routers, in no project.
  passesOver: (seen) => seen.openstackProjectId === null || seen.openstackProjectId === '',
};

/** What a person changed of a network is for a person to change back: ports of others may need it so. */
const toIntent = (row: IntentColumns): Intent =>
  intentOf('network', row, [
    asked('name', `ultron-vpc-${row.id}`, false),
    asked('admin_state_up', true, false),
    asked('shared', false, false),
  ]);
