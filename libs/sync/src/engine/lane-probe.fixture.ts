import { until, type FakeCluster, type SyncWorld } from './engine.fixture.js';

interface SeenObject {
  status: string;
  missing: number;
  gone: number;
}

/** Looks at the lanes of the cluster of a test, and has them run. */
export function laneProbe(of: () => { world: SyncWorld; cluster: FakeCluster }) {
  const query = (sql: string, ...values: unknown[]): Promise<unknown> =>
    of().world.database.read.query(sql, values);

  const objects = async (kind = 'server'): Promise<Map<string, SeenObject>> => {
    const rows = (await query(
      `SELECT openstack_id AS id, status, missing_since IS NOT NULL AS missing, gone_at IS NOT NULL AS gone
       FROM observed_object WHERE cluster_id = ? AND kind = ?`,
      of().cluster.id,
      kind,
    )) as (SeenObject & { id: string })[];
    return new Map(
      rows.map(({ id, status, missing, gone }) => [
        id,
        { status, missing: Number(missing), gone: Number(gone) },
      ]),
    );
  };

  const lane = async (kind = 'server'): Promise<Record<string, unknown>> => {
    const [row] = (await query(
      'SELECT * FROM lane WHERE cluster_id = ? AND kind = ?',
      of().cluster.id,
      kind,
    )) as Record<string, unknown>[];
    return row ?? {};
  };

  const set = (sql: string, ...values: unknown[]) =>
    query(`UPDATE lane SET ${sql} WHERE cluster_id = ?`, ...values, of().cluster.id);

  const runNow = (mode: string) => set('asked_for = ?, next_due_at = UTC_TIMESTAMP(6)', mode);

  const isAtRest = async () => (await lane())['pass_started_at'] === null;

  const firstPass = (kind = 'server') =>
    until(async () => (await lane(kind))['full_at'] instanceof Date, `a full pass of ${kind}`);

  const nextPass = async (mode: string) => {
    const passes = async () => Number((await lane())['pass_number']);
    await until(isAtRest, 'the pass before');
    const before = await passes();
    await runNow(mode);
    await until(async () => (await passes()) > before && (await isAtRest()), `a ${mode} pass`);
  };

  return { objects, lane, set, runNow, isAtRest, firstPass, nextPass };
}
