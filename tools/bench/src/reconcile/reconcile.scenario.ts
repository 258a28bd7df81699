import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import type { Figure } from '../figures.js';
import { BenchInstance } from '../instance/bench-instance.js';
import { type InjectedDrift, type OwnSubnet, Saboteur } from './drifts.js';
import { Ground, type Own } from './ground.js';

const CLUSTERS = Number(process.env['ULTRON_BENCH_CLUSTERS'] ?? 40);
const RELEASES = ['queens', 'train', 'victoria', 'zed', '2025.1'];
/** One cell of each fourth cluster is down for so long after the sabotage. */
const CELL_DOWN_MS = 60_000;
/** As long as is waited for the last repair. */
const WAIT_MS = 900_000;
const REPAIRED = [
  'differs',
  'state_differs',
  'missing',
  'duplicate',
  'stale',
  'leaked_port',
  'security_group_differs',
  'flavor_differs',
  'address_in_use_but_free',
  'address_pool_edited',
];

const figure = (metric: string, value: number, unit: string, aim?: string): Figure => ({
  scenario: 'reconcile',
  metric,
  value,
  unit,
  ...(aim ? { aim } : {}),
});

/**
 * A thousand things made wrong in forty clusters behind the back of Ultron, with lists that leave things out, answers
 * that get lost and, for a while, cells that are down: whether all are found, each repaired once, and nothing else.
 */
export async function reconcile(): Promise<Figure[]> {
  const instance = await BenchInstance.start(
    Array.from({ length: CLUSTERS }, (_, i) => ({
      name: `drift-${i + 1}`,
      release: RELEASES[i % RELEASES.length] ?? 'zed',
      cells: 2,
    })),
  );
  const database = createPool({ uri: instance.datastores.databaseUrl, timezone: 'Z', connectionLimit: 4 });
  try {
    return await new Drifting(instance, database).run();
  } finally {
    await database.end();
    await instance.stop();
  }
}

interface FindingRow {
  id: string;
  kind: string;
  subject_id: string;
  state: string;
  repairs: number;
  came_back: number;
  after: number;
}

class Drifting {
  constructor(
    private readonly instance: BenchInstance,
    private readonly database: Pool,
  ) {}

  async run(): Promise<Figure[]> {
    await this.allow();
    const ground = new Ground(this.instance, this.database);
    const subnets = await ground.makeVpc();
    const own = await ground.makeServers();
    await this.settle();
    const before = await this.findings();
    const saboteurs = this.instance.clusters.map(
      (cluster) =>
        new Saboteur(cluster, (server, flavor) =>
          this.control('POST', `/_sim/clusters/${cluster.name}/resize`, { server, flavor }),
        ),
    );
    const begun = Date.now();
    const injected = await this.sabotage(saboteurs, own, subnets);
    await this.disturb();
    console.error(`${injected.length} drifts were made in ${Date.now() - begun} ms`);
    const disturbed = setTimeout(() => void this.raiseCells(), CELL_DOWN_MS);
    const seconds = await this.wait(injected, begun);
    clearTimeout(disturbed);
    await this.clearFaults();
    // What a repair did wrong, or twice, would show now.
    await pause(60_000);
    const figures = await this.judge(injected, before, seconds, saboteurs);
    await Promise.all(saboteurs.map((saboteur) => saboteur.close()));
    return figures;
  }

  /** All that can be repaired is repaired by itself; the brake is for those who did not mean it. */
  private async allow(): Promise<void> {
    const { api } = this.instance;
    for (const kind of REPAIRED)
      await api.post('/v1/reconcile_policies', { kind, scope: 'all', action: 'repair' });
    await this.until('SELECT COUNT(*) AS n FROM reconcile_round', CLUSTERS);
    await this.query('UPDATE reconcile_round SET max_per_hour = 100000, max_share = 1');
    await this.query('UPDATE sync_tier SET changes_ms = 5000, ids_ms = 15000, full_ms = 60000');
  }

  /** Until what was just made is beyond grace, and the clusters have been compared since. */
  private async settle(): Promise<void> {
    await pause(75_000);
    const [row] = await this.query<{ now: Date }>('SELECT UTC_TIMESTAMP(6) AS now');
    await this.until('SELECT COUNT(*) AS n FROM reconcile_round WHERE last_round_at > ?', CLUSTERS, [
      row?.now,
    ]);
  }

  private async sabotage(
    saboteurs: readonly Saboteur[],
    own: ReadonlyMap<string, Own>,
    subnets: ReadonlyMap<string, OwnSubnet>,
  ): Promise<InjectedDrift[]> {
    const made = await Promise.all(
      saboteurs.map(async (saboteur, i) => {
        const name = this.instance.clusters[i]?.name ?? '';
        const [servers, subnet] = [own.get(name), subnets.get(name)];
        if (!servers || !subnet) throw new Error(`${name} has no servers, or no segment`);
        return saboteur.sabotage(servers.living, servers.dead, subnet);
      }),
    );
    return made.flat();
  }

  /** Lists that end early without a word, and answers that get lost, all the time; a cell of each fourth cluster. */
  private async disturb(): Promise<void> {
    const faults: object[] = [
      {
        method: 'GET',
        path: '^/v2.1/servers/detail',
        probability: 0.05,
        effect: { kind: 'short-page', keep: 5, silent: true },
      },
      {
        method: 'GET',
        path: '^/v2.0/ports\\?',
        probability: 0.05,
        effect: { kind: 'short-page', keep: 5, silent: true },
      },
      { method: 'DELETE', probability: 0.1, effect: { kind: 'drop-answer' } },
      { method: 'PUT', probability: 0.1, effect: { kind: 'drop-answer' } },
    ];
    for (const [i, { name }] of this.instance.clusters.entries()) {
      if (i % 4 === 0)
        faults.push({ cluster: name, service: 'compute', effect: { kind: 'down-cell', cell: 'cell2' } });
    }
    for (const fault of faults) await this.control('POST', '/_sim/faults', fault);
  }

  private async raiseCells(): Promise<void> {
    const faults = (await this.control('GET', '/_sim/faults')) as { id: string; effect: { kind: string } }[];
    for (const { id, effect } of faults) {
      if (effect.kind === 'down-cell') await this.control('DELETE', `/_sim/faults/${id}`);
    }
  }

  private async clearFaults(): Promise<void> {
    await this.control('DELETE', '/_sim/faults');
  }

  private async control(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.instance.simulatorUrl + path, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  }

  private async wait(injected: readonly InjectedDrift[], begun: number): Promise<number> {
    for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline; await pause(3_000)) {
      const found = new Map((await this.findings()).map((row) => [keyOf(row.kind, row.subject_id), row]));
      const open = injected.filter((one) => {
        const row = found.get(keyOf(one.kind, one.subjectId));
        return !row || (one.repairable && row.state !== 'resolved');
      });
      console.error(
        `${Math.round((Date.now() - begun) / 1000)} s: ${injected.length - open.length} of ${injected.length}`,
      );
      if (!open.length) break;
    }
    return (Date.now() - begun) / 1000;
  }

  private async judge(
    injected: readonly InjectedDrift[],
    before: readonly FindingRow[],
    seconds: number,
    saboteurs: readonly Saboteur[],
  ): Promise<Figure[]> {
    const rows = await this.findings();
    const found = new Map(rows.map((row) => [keyOf(row.kind, row.subject_id), row]));
    const wanted = new Set(injected.map((one) => keyOf(one.kind, one.subjectId)));
    const repairable = injected.filter((one) => one.repairable);
    const of = (one: InjectedDrift) => found.get(keyOf(one.kind, one.subjectId));
    const strange = rows.filter((row) => !wanted.has(keyOf(row.kind, row.subject_id)));
    for (const row of strange.slice(0, 10)) console.error('not injected', JSON.stringify(row));
    for (const one of injected.filter((drift) => !of(drift)).slice(0, 10))
      console.error('not found', JSON.stringify(one));
    for (const one of repairable.filter((drift) => of(drift) && !isOnce(drift, of(drift))).slice(0, 10))
      console.error('not repaired once', JSON.stringify(of(one)));
    const figures = [
      figure('injected', injected.length, 'drifts'),
      figure('found', injected.filter((one) => of(one)).length, 'drifts', `= ${injected.length}`),
      figure(
        'repaired',
        repairable.filter((one) => of(one)?.state === 'resolved').length,
        'drifts',
        `= ${repairable.length}`,
      ),
      figure(
        'repaired_once',
        repairable.filter((one) => isOnce(one, of(one))).length,
        'drifts',
        `= ${repairable.length}`,
      ),
      figure('found_but_not_injected', strange.length, 'findings', '= 0'),
      figure('false_repairs', strange.filter((row) => row.repairs > 0).length, 'repairs', '= 0'),
      figure('findings_before', before.length, 'findings', '= 0'),
      figure('all_done_after', seconds, 's'),
    ];
    for (const kind of new Set(injected.map((one) => one.kind))) {
      const after = injected.filter((one) => one.kind === kind).flatMap((one) => of(one)?.after ?? []);
      figures.push(figure(`${kind}_of`, after.length, 'drifts'));
    }
    const wrong = await this.wrongInClusters(injected, saboteurs);
    return [...figures, figure('wrong_in_clusters_afterwards', wrong, 'things', '= 0')];
  }

  /** The clusters themselves are asked: what was to go is gone, what was renamed has its name, all else is there. */
  private async wrongInClusters(
    injected: readonly InjectedDrift[],
    saboteurs: readonly Saboteur[],
  ): Promise<number> {
    let wrong = 0;
    for (const [i, saboteur] of saboteurs.entries()) {
      const name = this.instance.clusters[i]?.name ?? '';
      const { servers, ports, subnets, networks } = await saboteur.state();
      const mine = injected.filter((one) => one.cluster === name);
      for (const { kind, openstackId } of mine) {
        const there = [servers, ports, subnets, networks].some((things) => things.has(openstackId));
        const [pool] = kind === 'address_pool_edited' ? (subnets.get(openstackId) ?? []) : [];
        const edited = pool !== undefined && pool.start === pool.end;
        const toGo = ['duplicate', 'stale', 'leaked_port', 'missing'].includes(kind);
        const renamed = servers.get(openstackId)?.name === 'renamed-by-hand';
        const tagged = 'by' in (servers.get(openstackId)?.metadata ?? {});
        if (there === toGo || renamed || tagged || edited) wrong++;
      }
      const untouched = await this.query<{ openstack_id: string }>(
        `SELECT s.openstack_id FROM server s JOIN cluster c ON c.id = s.cluster_id
         WHERE c.name = ? AND s.deleted_at IS NULL`,
        [name],
      );
      const free = mine.filter(({ kind }) => kind === 'address_in_use_but_free');
      for (const { subjectId } of free) if (!(await this.isTakenOut(subjectId))) wrong++;
      wrong += untouched.filter(({ openstack_id: id }) => !servers.has(id)).length;
    }
    return wrong;
  }

  private async isTakenOut(subjectId: string): Promise<boolean> {
    const [address] = subjectId.split('@');
    const rows = await this.query(
      `SELECT 1 FROM address WHERE address = INET6_ATON(?) AND state = 'infra' AND purpose = 'foreign'`,
      [address],
    );
    return rows.length === 1;
  }

  private findings(): Promise<FindingRow[]> {
    return this.query<FindingRow>(
      `SELECT id, kind, subject_id, state, repairs, came_back,
              TIMESTAMPDIFF(SECOND, first_seen_at, COALESCE(resolved_at, first_seen_at)) AS after FROM finding`,
    );
  }

  private async until(sql: string, least: number, values: readonly unknown[] = []): Promise<void> {
    for (const deadline = Date.now() + 300_000; ; await pause(500)) {
      const [row] = await this.query<{ n: number }>(sql, values);
      if (Number(row?.n) >= least) return;
      if (Date.now() > deadline) throw new Error(`only ${row?.n} of ${least}: ${sql}`);
    }
  }

  private async query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const [rows] = await this.database.query<RowDataPacket[]>(sql, [...values]);
    return rows as Row[];
  }
}

/** An address may have been taken out by the look at the plan before a repair of it was begun. */
const isOnce = ({ kind }: InjectedDrift, row: FindingRow | undefined): boolean =>
  row?.came_back === 0 && (row.repairs === 1 || (kind === 'address_in_use_but_free' && row.repairs === 0));

const keyOf = (kind: string, subjectId: string): string => `${kind} ${subjectId}`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
