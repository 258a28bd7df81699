import { select } from '@ultron/platform/database/statement';
import type { Expectation, Intent } from '../compare/compare.facts.js';
import { normalPairs, type Pair } from './address-pairs.rules.js';
import {
  asked,
  type IntentColumns,
  intentOf,
  type IntentSource,
  jsonOf,
  laterOf,
  markOf,
  seenOf,
  taskRuns,
  textOf,
} from './intent.source.js';

interface PortRow extends IntentColumns {
  fixed_ips: string | { subnet_id: string; ip_address: string }[];
  security_groups: string | string[] | null;
  cluster_id: string;
  mac_address: string | null;
  admin_state_up: number;
  port_security_enabled: number | null;
  allowed_address_pairs: string | { ip_address: string; mac_address?: string }[];
  qos_openstack_id: string | null;
  /** 1 when it, or its server, was in the cluster before it was Ultron's. */
  adopted: number | string;
}

const COLUMNS = `
  p.id, p.project_id, p.name, p.openstack_id, p.deleted_at IS NOT NULL AS dead, p.fixed_ips, p.cluster_id,
  p.mac_address, p.admin_state_up, p.port_security_enabled, p.allowed_address_pairs, q.openstack_id AS qos_openstack_id,
  (EXISTS (SELECT 1 FROM adoption a WHERE a.resource_id = p.id)
    OR EXISTS (SELECT 1 FROM adoption a WHERE a.resource_id = p.server_id)) AS adopted,
  COALESCE(p.security_groups, IF(JSON_LENGTH(s.security_groups) > 0, s.security_groups, NULL)) AS security_groups,
  (${taskRuns('t')} OR ${taskRuns('st')} OR p.status IN ('building', 'updating', 'deleting')) AS busy,
  GREATEST(${laterOf('p.updated_at', 't')}, COALESCE(s.updated_at, p.updated_at), COALESCE(st.finished_at, p.updated_at))
    AS changed_at`;

const FROM = `
  FROM port p
  LEFT JOIN task t ON t.id = p.task_id
  LEFT JOIN server s ON s.id = p.server_id
  LEFT JOIN task st ON st.id = s.task_id
  LEFT JOIN cluster_qos_policy q ON q.qos_policy_id = p.qos_policy_id AND q.cluster_id = p.cluster_id`;

/** A port bears the mark of its server, or of its own row. What a server has of ports counts once Nova has it. */
const OWNING_SERVER = `
  SELECT s.id, s.project_id, s.name, s.deleted_at IS NOT NULL AS dead,
         (SELECT MIN(o.openstack_id) FROM port o
          WHERE o.server_id = s.id AND o.deleted_at IS NULL AND s.openstack_id IS NOT NULL) AS openstack_id,
         (${taskRuns('t')} OR s.status IN ('requested', 'building', 'deleting')) AS busy,
         ${laterOf('s.updated_at', 't')} AS changed_at
  FROM server s LEFT JOIN task t ON t.id = s.task_id WHERE s.id IN (?)`;

export const portSource: IntentSource = {
  kind: 'port',
  observedKind: 'port',

  async page(tx, clusterId, after, limit) {
    const rows = await select<PortRow>(
      tx,
      `SELECT ${COLUMNS} ${FROM} WHERE p.cluster_id = ? AND p.deleted_at IS NULL AND p.id > ? ORDER BY p.id LIMIT ?`,
      [clusterId, after, limit],
    );
    const groups = await groupsOf(tx, clusterId, rows);
    return rows.map((row) => toIntent(row, groups));
  },

  async find(tx, clusterId, id) {
    const [row] = await select<PortRow>(
      tx,
      `SELECT ${COLUMNS} ${FROM} WHERE p.cluster_id = ? AND p.deleted_at IS NULL AND p.id = ?`,
      [clusterId, id],
    );
    return row ? toIntent(row, await groupsOf(tx, clusterId, [row])) : null;
  },

  async claimed(tx, clusterId, openstackIds) {
    const rows = await select<{ openstack_id: string }>(
      tx,
      'SELECT openstack_id FROM port WHERE cluster_id = ? AND openstack_id IN (?) AND deleted_at IS NULL',
      [clusterId, openstackIds],
    );
    return new Set(rows.map((row) => row.openstack_id));
  },

  async byMarks(tx, _clusterId, marks) {
    const ports = await select<PortRow>(tx, `SELECT ${COLUMNS} ${FROM} WHERE p.id IN (?)`, [marks]);
    const servers = await select<IntentColumns>(tx, OWNING_SERVER, [marks]);
    return new Map<string, Intent>([
      ...ports.map((row) => [row.id, toIntent(row, new Map())] as const),
      ...servers.map((row) => [row.id, intentOf('server', row, [])] as const),
    ]);
  },

  seen(object) {
    return seenOf('port', object, {
      mark: markOf(object),
      inUse: textOf(object.fields['device_id']) !== '' || textOf(object.fields['device_owner']) !== '',
      fields: pairsSeen(object.fields),
    });
  },

  // DHCP and router ports are the network's own; the ports of a server go with it.
  passesOver: (seen) => seen.mark === null && seen.inUse,
};

function toIntent(row: PortRow, groups: ReadonlyMap<string, string>): Intent {
  return intentOf('port', row, [
    asked('fixed_ips', jsonOf(row.fixed_ips), true),
    asked('admin_state_up', Number(row.admin_state_up) === 1, true),
    // What is null is left as the cluster has it.
    ...(row.port_security_enabled === null ? [] : [asked('port_security_enabled', isSecure(row), true)]),
    ...pairsWanted(row),
    ...(row.qos_openstack_id === null ? [] : [asked('qos_policy_id', row.qos_openstack_id, true)]),
    ...groupsWanted(row, groups),
  ]);
}

const isSecure = (row: PortRow): boolean => Number(row.port_security_enabled) === 1;

/** Nobody wrote down which pairs an adopted port had: none is no wish of ours there. */
function pairsWanted(row: PortRow): Expectation[] {
  const pairs = normalPairs(jsonOf(row.allowed_address_pairs), row.mac_address);
  return pairs.length === 0 && Number(row.adopted) === 1 ? [] : [asked('allowed_address_pairs', pairs, true)];
}

function groupsWanted(row: PortRow, groups: ReadonlyMap<string, string>): Expectation[] {
  const ids = namesWanted(row)?.map((name) => groups.get(name));
  if (!ids) return [];
  // A name of which the cluster has none, or several, says nothing.
  const value = ids.every((id) => id !== undefined) ? ids : undefined;
  const kind = 'security_group_differs';
  return [{ field: 'security_groups', value, kind, repairable: true, asSet: true }];
}

/** Without port security a port has no groups, whatever those of its server are. */
function namesWanted(row: PortRow): string[] | null {
  if (row.port_security_enabled !== null && !isSecure(row)) return [];
  return row.security_groups === null ? null : jsonOf<string[]>(row.security_groups);
}

function pairsSeen(fields: Readonly<Record<string, unknown>>): { allowed_address_pairs?: Pair[] } {
  const pairs = fields['allowed_address_pairs'];
  if (!Array.isArray(pairs)) return {};
  return { allowed_address_pairs: normalPairs(pairs as Pair[], textOf(fields['mac_address']) || null) };
}

/** The ids of the groups with these names in the cluster, where a name means one. */
async function groupsOf(
  tx: Parameters<IntentSource['page']>[0],
  clusterId: string,
  rows: readonly PortRow[],
): Promise<Map<string, string>> {
  const names = new Set(rows.flatMap((row) => namesWanted(row) ?? []));
  if (!names.size) return new Map();
  const found = await select<{ name: string; openstack_id: string; n: number | string }>(
    tx,
    `SELECT name, MIN(openstack_id) AS openstack_id, COUNT(*) AS n FROM cluster_security_group
     WHERE cluster_id = ? AND name IN (?) GROUP BY name`,
    [clusterId, [...names]],
  );
  return new Map(found.filter(({ n }) => Number(n) === 1).map((row) => [row.name, row.openstack_id]));
}
