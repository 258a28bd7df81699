import { isDeepStrictEqual } from 'node:util';
import type { KnownBytes } from '@ultron/sync/kind/observed';
import type { SyncKind } from '@ultron/sync/kind/sync-kind';

/** All of a list is wanted, whatever Ultron knows of it. */
const NOTHING_KNOWN: KnownBytes = {
  item: () => false,
  page: () => undefined,
  keep: () => undefined,
};

/** What is wrong with what Ultron holds of a cluster. */
export interface Untruth {
  cluster: string;
  kind: string;
  id: string;
  /** Not in the database; still there though the cluster has it no more; with other contents. */
  what: 'missing' | 'not_gone' | 'different';
  detail: string;
}

export interface ObservedRow {
  kind: string;
  id: string;
  name: string | null;
  projectId: string | null;
  status: string | null;
  parentId: string | null;
  revision: number | null;
  fields: unknown;
}

/** The rows of a cluster that are not gone. */
export const ROWS_OF_CLUSTER = `SELECT kind, openstack_id AS id, name, project_openstack_id AS projectId, status,
  parent_id AS parentId, revision, fields FROM observed_object WHERE cluster_id = ? AND gone_at IS NULL`;

/** Compares all objects of these kinds in a cluster with the rows; how many there are, and what is wrong. */
export async function compareCluster<Context>(
  cluster: string,
  context: Context,
  kinds: readonly Pick<SyncKind<Context>, 'kind' | 'list'>[],
  rows: readonly ObservedRow[],
): Promise<{ objects: number; untruths: Untruth[] }> {
  const untruths: Untruth[] = [];
  let objects = 0;
  for (const source of kinds) {
    const { kind } = source;
    const known = new Map(rows.filter((row) => row.kind === kind).map((row) => [row.id, row]));
    const wrong = (id: string, what: Untruth['what'], detail = ''): void =>
      void untruths.push({ cluster, kind, id, what, detail });
    for await (const page of source.list(context, NOTHING_KNOWN)) {
      for (const object of page) {
        objects += 1;
        const row = known.get(object.id);
        known.delete(object.id);
        if (!row) wrong(object.id, 'missing');
        else if (!isDeepStrictEqual(contentOf(row), contentOf(object)))
          wrong(object.id, 'different', differenceOf(row, object));
      }
    }
    for (const id of known.keys()) wrong(id, 'not_gone');
  }
  return { objects, untruths };
}

type Content = Omit<ObservedRow, 'kind' | 'id'>;

/** MariaDB gives JSON as text; what went through JSON has no undefined. */
function contentOf({ name, projectId, status, parentId, revision, fields }: Content): Content {
  const text = typeof fields === 'string' ? fields : JSON.stringify(fields);
  return { name, projectId, status, parentId, revision, fields: JSON.parse(text) as unknown };
}

function differenceOf(row: Content, object: Content): string {
  const [kept, there] = [flat(contentOf(row)), flat(contentOf(object))];
  const keys = [...new Set([...Object.keys(kept), ...Object.keys(there)])];
  return keys
    .filter((key) => !isDeepStrictEqual(kept[key], there[key]))
    .map((key) => `${key}: ${JSON.stringify(kept[key])}, not ${JSON.stringify(there[key])}`)
    .join('; ');
}

const flat = ({ fields, ...rest }: Content): Record<string, unknown> => ({
  ...rest,
  ...(fields as Record<string, unknown>),
});

/** A server or port as the simulator's own control shows it. */
export interface SimulatorState {
  servers: { id: string; name: string; status: string; host: string | null; project_id: string }[];
  ports: { id: string; name: string; status: string; device_id: string; project_id: string }[];
}

/** The same by another way, which shares no code with Ultron: servers and ports by the simulator's own account. */
export function compareState(
  cluster: string,
  state: SimulatorState,
  rows: readonly ObservedRow[],
): Untruth[] {
  const there = new Map<string, string>([
    ...state.servers.map((one): [string, string] => [
      `server ${one.id}`,
      shown(one.name, one.status, one.project_id),
    ]),
    ...state.ports.map((one): [string, string] => [
      `port ${one.id}`,
      shown(one.name, one.status, one.project_id),
    ]),
  ]);
  const untruths: Untruth[] = [];
  const wrong = (key: string, what: Untruth['what'], detail = ''): void => {
    const [kind = '', id = ''] = key.split(' ');
    untruths.push({ cluster, kind, id, what, detail });
  };
  for (const { kind, id, name, status, projectId } of rows) {
    if (kind !== 'server' && kind !== 'port') continue;
    const key = `${kind} ${id}`;
    const expected = there.get(key);
    const kept = shown(name, status, projectId);
    if (expected === undefined) wrong(key, 'not_gone');
    else if (expected !== kept) wrong(key, 'different', `${kept}, not ${expected}`);
    there.delete(key);
  }
  for (const key of there.keys()) wrong(key, 'missing');
  return untruths;
}

/** Ports that Neutron made for itself are of no project, which it shows as an empty one. */
const shown = (name: string | null, status: string | null, projectId: string | null): string =>
  JSON.stringify([name, status, projectId || null]);
