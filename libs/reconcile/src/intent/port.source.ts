import { select } from '@ultron/platform/database/statement';
import type { Expectation, Intent } from '../compare/compare.facts.js';
import {
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
}

const COLUMNS = `
  p.id, p.project_id, p.name, p.openstack_id, p.deleted_at IS NOT NULL AS dead, p.fixed_ips, p.cluster_id,
  COALESCE(p.security_groups, IF(JSON_LENGTH(s.security_groups) > 0, s.security_groups, NULL)) AS security_groups,
  (${taskRuns('t')} OR ${taskRuns('st')} OR p.status IN ('building', 'updating', 'deleting')) AS busy,
  GREATEST(${laterOf('p.updated_at', 't')}, COALESCE(s.updated_at, p.updated_at), COALESCE(st.finished_at, p.updated_at))
    AS changed_at`;

const FROM = `
  FROM port p
  LEFT JOIN task t ON t.id = p.task_id
  LEFT JOIN server s ON s.id = p.server_id
  LEFT JOIN task st ON st.id = s.task_id`;

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
    });
  },

  // DHCP and router ports are the network's own; the ports of a server go with it.
  passesOver: (seen) => seen.mark === null && seen.inUse,
};

function toIntent(row: PortRow, groups: ReadonlyMap<string, string>): Intent {
  const expected: Expectation[] = [
    { field: 'fixed_ips', value: jsonOf(row.fixed_ips), kind: 'differs', repairable: true, asSet: true },
  ];
  const names = row.security_groups === null ? null : jsonOf<string[]>(row.security_groups);
  const ids = names?.map((name) => groups.get(name));
  if (ids) {
    expected.push({
      field: 'security_groups',
      // A name of which the cluster has none, or several, says nothing.
      value: ids.every((id) => id !== undefined) ? ids : undefined,
      kind: 'security_group_differs',
      repairable: true,
      asSet: true,
    });
  }
  return intentOf('port', row, expected);
}

/** The ids of the groups with these names in the cluster, where a name means one. */
async function groupsOf(
  tx: Parameters<IntentSource['page']>[0],
  clusterId: string,
  rows: readonly PortRow[],
): Promise<Map<string, string>> {
  const names = new Set(
    rows.flatMap((row) => (row.security_groups === null ? [] : jsonOf<string[]>(row.security_groups))),
  );
  if (!names.size) return new Map();
  const found = await select<{ name: string; openstack_id: string; n: number | string }>(
    tx,
    `SELECT name, MIN(openstack_id) AS openstack_id, COUNT(*) AS n FROM cluster_security_group
     WHERE cluster_id = ? AND name IN (?) GROUP BY name`,
    [clusterId, [...names]],
  );
  return new Map(found.filter(({ n }) => Number(n) === 1).map((row) => [row.name, row.openstack_id]));
}
