import { select } from '@ultron/platform/database/statement';
import type { Intent } from '../compare/compare.facts.js';
import {
  asked,
  type IntentColumns,
  intentOf,
  type IntentSource,
  markName,
  markOf,
  seenOf,
  taskRuns,
  textOf,
} from './intent.source.js';

interface FloatingIpRow extends IntentColumns {
  port_openstack_id: string | null;
  fixed_ip_address: string | null;
  qos_openstack_id: string | null;
}

const SELECT = `
  SELECT f.id, f.project_id, f.name, f.openstack_id, f.deleted_at IS NOT NULL AS dead,
         p.openstack_id AS port_openstack_id, f.fixed_ip_address, q.openstack_id AS qos_openstack_id,
         (${taskRuns('t')} OR f.status IN ('building', 'updating', 'deleting')) AS busy,
         GREATEST(f.updated_at, COALESCE(t.finished_at, f.updated_at), COALESCE(p.updated_at, f.updated_at)) AS changed_at
  FROM floating_ip f
  LEFT JOIN port p ON p.id = f.port_id
  LEFT JOIN task t ON t.id = f.task_id
  LEFT JOIN cluster_qos_policy q ON q.qos_policy_id = f.qos_policy_id AND q.cluster_id = f.cluster_id`;

export const floatingIpSource: IntentSource = {
  kind: 'floating_ip',
  observedKind: 'floating_ip',

  async page(tx, clusterId, after, limit) {
    const rows = await select<FloatingIpRow>(
      tx,
      `${SELECT} WHERE f.cluster_id = ? AND f.deleted_at IS NULL AND f.id > ? ORDER BY f.id LIMIT ?`,
      [clusterId, after, limit],
    );
    return rows.map(toIntent);
  },

  async find(tx, clusterId, id) {
    const [row] = await select<FloatingIpRow>(
      tx,
      `${SELECT} WHERE f.cluster_id = ? AND f.deleted_at IS NULL AND f.id = ?`,
      [clusterId, id],
    );
    return row ? toIntent(row) : null;
  },

  async claimed(tx, clusterId, openstackIds) {
    const rows = await select<{ openstack_id: string }>(
      tx,
      'SELECT openstack_id FROM floating_ip WHERE cluster_id = ? AND openstack_id IN (?) AND deleted_at IS NULL',
      [clusterId, openstackIds],
    );
    return new Set(rows.map((row) => row.openstack_id));
  },

  async byMarks(tx, _clusterId, marks) {
    const rows = await select<FloatingIpRow>(tx, `${SELECT} WHERE f.id IN (?)`, [marks]);
    return new Map(rows.map((row) => [row.id, intentOf('floating_ip', row, [])]));
  },

  /** Floating IPs have no names: the mark is in the description where there are no tags. */
  seen: (object) =>
    seenOf('floating_ip', object, {
      mark: markOf({ name: textOf(object.fields['description']), fields: object.fields }),
      inUse: textOf(object.fields['port_id']) !== '',
    }),

  passesOver: (seen) => seen.mark === null,
};

function toIntent(row: FloatingIpRow): Intent {
  const { port_openstack_id: port, fixed_ip_address: address, qos_openstack_id: policy } = row;
  return intentOf('floating_ip', row, [
    asked('port_id', port, true),
    // Without one it leads to the first address of the port, whichever that is.
    ...(port !== null && address !== null ? [asked('fixed_ip_address', address, true)] : []),
    asked('description', markName(row.id), true),
    ...(policy === null ? [] : [asked('qos_policy_id', policy, true)]),
  ]);
}
