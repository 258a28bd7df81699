import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { unmarked } from '../adoption/adoption.rows.js';
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
} from './intent.source.js';

/** The key of Nova's metadata that holds the id of our row. */
export const SERVER_MARK = 'ultron_id';

interface ServerRow extends IntentColumns {
  status: string;
  metadata: string | Record<string, string>;
  flavor_name: string | null;
  unmarked: number | string;
}

const SELECT = `
  SELECT s.id, s.project_id, s.name, s.openstack_id, s.deleted_at IS NOT NULL AS dead, s.status, s.metadata,
         f.name AS flavor_name, ${unmarked('s.id')} AS unmarked,
         (${taskRuns('t')} OR s.status IN ('requested', 'building', 'stopping', 'starting', 'rebooting', 'deleting'))
           AS busy,
         ${laterOf('s.updated_at', 't')} AS changed_at
  FROM server s
  LEFT JOIN task t ON t.id = s.task_id
  LEFT JOIN cluster_flavor f ON f.flavor_id = s.flavor_id AND f.cluster_id = s.cluster_id`;

/** What a row of ours can take over; paused, suspended, shelved and the like it has no states for. */
export const TAKEN_OVER = { ACTIVE: 'active', SHUTOFF: 'stopped', ERROR: 'error' } as const;

/** What Nova calls a server that is as it should be. */
const EXPECTED_STATUS: Readonly<Record<string, string>> = { active: 'ACTIVE', stopped: 'SHUTOFF' };

/** On the way from one state to another: nothing to find fault with yet. */
const IN_BETWEEN = new Set([
  'BUILD',
  'REBOOT',
  'HARD_REBOOT',
  'REBUILD',
  'RESIZE',
  'REVERT_RESIZE',
  'MIGRATING',
  'PASSWORD',
  'UNKNOWN',
]);

export const serverSource: IntentSource = {
  kind: 'server',
  observedKind: 'server',

  async page(tx: Transaction, clusterId: string, after: string, limit: number): Promise<Intent[]> {
    const rows = await select<ServerRow>(
      tx,
      `${SELECT} WHERE s.cluster_id = ? AND s.deleted_at IS NULL AND s.id > ? ORDER BY s.id LIMIT ?`,
      [clusterId, after, limit],
    );
    return rows.map(toIntent);
  },

  async find(tx, clusterId, id) {
    const [row] = await select<ServerRow>(
      tx,
      `${SELECT} WHERE s.cluster_id = ? AND s.deleted_at IS NULL AND s.id = ?`,
      [clusterId, id],
    );
    return row ? toIntent(row) : null;
  },

  async claimed(tx, clusterId, openstackIds) {
    const rows = await select<{ openstack_id: string }>(
      tx,
      'SELECT openstack_id FROM server WHERE cluster_id = ? AND openstack_id IN (?) AND deleted_at IS NULL',
      [clusterId, openstackIds],
    );
    return new Set(rows.map((row) => row.openstack_id));
  },

  async byMarks(tx, _clusterId, marks) {
    const rows = await select<ServerRow>(tx, `${SELECT} WHERE s.id IN (?)`, [marks]);
    return new Map(rows.map((row) => [row.id, toIntent(row)]));
  },

  seen(object) {
    const metadata = recordOf(object.fields['metadata']);
    const flavor = recordOf(object.fields['flavor']);
    const { [SERVER_MARK]: mark, ...plain } = metadata;
    return seenOf('server', object, {
      mark: typeof mark === 'string' ? mark : markOf({ ...object, name: null }),
      inUse: false,
      fields: {
        ...(object.fields['metadata'] === undefined ? {} : { metadata, unmarked_metadata: plain }),
        ...('name' in flavor ? { flavor_name: flavor['name'] } : {}),
        // What is on its way is not compared.
        ...(IN_BETWEEN.has(object.status ?? '') ? { status: undefined } : {}),
      },
    });
  },

  passesOver: () => false,
};

function toIntent(row: ServerRow): Intent {
  const metadata = jsonOf(row.metadata);
  const expected: Expectation[] = [{ field: 'name', value: row.name, kind: 'differs', repairable: true }];
  expected.push(
    Number(row.unmarked) === 1
      ? { field: 'unmarked_metadata', value: metadata, kind: 'differs', repairable: true }
      : {
          field: 'metadata',
          value: { ...metadata, [SERVER_MARK]: row.id },
          kind: 'differs',
          repairable: true,
        },
  );
  const status = EXPECTED_STATUS[row.status];
  if (status) {
    expected.push({
      field: 'status',
      value: status,
      kind: 'state_differs',
      repairable: true,
      repairableFrom: Object.keys(TAKEN_OVER),
    });
  }
  // Of its flavor Nova tells the name, and the id no more, since 2.47: older ones are refused. One that is not mapped in
  // the cluster has none.
  expected.push({
    field: 'flavor_name',
    value: row.flavor_name ?? undefined,
    kind: 'flavor_differs',
    repairable: true,
  });
  return intentOf('server', row, expected);
}

const recordOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {};
