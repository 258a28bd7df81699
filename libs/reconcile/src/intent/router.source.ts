import { select } from '@ultron/platform/database/statement';
import type { Expectation, Intent } from '../compare/compare.facts.js';
import {
  asked,
  type IntentColumns,
  intentOf,
  type IntentSource,
  markOf,
  seenOf,
  taskRuns,
} from './intent.source.js';

interface RouterRow extends IntentColumns {
  admin_state_up: number;
  external_network_id: string | null;
  external_openstack_id: string | null;
  enable_snat: number | null;
  part_status: string | null;
}

const SELECT = `
  SELECT r.id, r.project_id, r.name, c.openstack_id,
         (r.deleted_at IS NOT NULL OR COALESCE(c.status, 'active') = 'deleted') AS dead, r.admin_state_up,
         r.external_network_id, c.external_openstack_id, r.enable_snat, c.status AS part_status,
         (${taskRuns('t')} OR ${taskRuns('ct')} OR COALESCE(c.status, r.status) IN ('building', 'updating', 'deleting'))
           AS busy,
         GREATEST(r.updated_at, COALESCE(t.finished_at, r.updated_at), COALESCE(ct.finished_at, r.updated_at))
           AS changed_at
  FROM router r
  LEFT JOIN cluster_router c ON c.router_id = r.id AND c.cluster_id = ?
  LEFT JOIN task t ON t.id = r.task_id
  LEFT JOIN task ct ON ct.id = c.task_id`;

export const routerSource: IntentSource = {
  kind: 'router',
  observedKind: 'router',

  async page(tx, clusterId, after, limit) {
    const rows = await select<RouterRow>(
      tx,
      `${SELECT} WHERE c.openstack_id IS NOT NULL AND r.deleted_at IS NULL AND r.id > ? ORDER BY r.id LIMIT ?`,
      [clusterId, after, limit],
    );
    return rows.map(toIntent);
  },

  async find(tx, clusterId, id) {
    const [row] = await select<RouterRow>(
      tx,
      `${SELECT} WHERE c.openstack_id IS NOT NULL AND r.deleted_at IS NULL AND r.id = ?`,
      [clusterId, id],
    );
    return row ? toIntent(row) : null;
  },

  async claimed(tx, clusterId, openstackIds) {
    const rows = await select<{ openstack_id: string }>(
      tx,
      `SELECT openstack_id FROM cluster_router WHERE cluster_id = ? AND openstack_id IN (?) AND status <> 'deleted'`,
      [clusterId, openstackIds],
    );
    return new Set(rows.map((row) => row.openstack_id));
  },

  async byMarks(tx, clusterId, marks) {
    const rows = await select<RouterRow>(tx, `${SELECT} WHERE r.id IN (?)`, [clusterId, marks]);
    return new Map(rows.map((row) => [row.id, intentOf('router', row, [])]));
  },

  seen: (object) =>
    seenOf('router', object, {
      mark: markOf(object),
      inUse: false,
      fields: gatewaySeen(object.fields['external_gateway']),
    }),

  // Routers of others are shown by what was seen; Ultron adopts none.
  passesOver: (seen) => seen.mark === null,
};

const toIntent = (row: RouterRow): Intent =>
  intentOf('router', row, [
    asked('admin_state_up', Number(row.admin_state_up) === 1, true),
    ...gatewayWanted(row),
  ]);

/**
 * Another gateway has other addresses, and floating IPs lead through it: a person decides. What could not be made as
 * asked for says so itself.
 */
function gatewayWanted(row: RouterRow): Expectation[] {
  const { external_network_id: wanted, external_openstack_id: told, enable_snat: snat } = row;
  if (row.part_status !== 'active' || (wanted !== null && told === null)) return [];
  const network = asked('external_network_id', wanted === null ? null : told, false);
  return wanted === null || snat === null
    ? [network]
    : [network, asked('enable_snat', Number(snat) === 1, false)];
}

/** Only administrators are shown whether addresses are translated, and of no gateway is it said. */
function gatewaySeen(gateway: unknown): Record<string, unknown> {
  if (gateway === undefined) return {};
  if (gateway === null || typeof gateway !== 'object') return { external_network_id: null };
  const { network_id: network, enable_snat: snat } = { network_id: null, enable_snat: null, ...gateway };
  return { external_network_id: network, ...(snat === null ? {} : { enable_snat: snat }) };
}
