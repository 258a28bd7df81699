import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import type { Figure } from '../figures.js';
import { BenchInstance } from '../instance/bench-instance.js';
import { type InjectedDrift, type OwnSubnet, Saboteur } from './drifts.js';
import { Ground, type Own } from './ground.js';
import { judgeJournal, type LoggedWrite } from './journal.js';
import { type Picture, pictureOf, type SimulatedState, wrongIn } from './picture.js';
import { complaintsAbout, figuresOf, type FindingRow, keyOf, type Outcome } from './verdict.js';

const CLUSTERS = Number(process.env['ULTRON_BENCH_CLUSTERS'] ?? 40);
const RELEASES = ['queens', 'train', 'victoria', 'zed', '2025.1'];
/** One cell of each fourth cluster is down for so long after the sabotage. */
const CELL_DOWN_MS = 60_000;
/** As long as is waited for the last repair. */
const WAIT_MS = 900_000;
/** Two rounds of the reconciler and more, and two looks at the plan. */
const CALM_MS = 150_000;
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

/** A row of a server of Ultron's, as far as repairs change it. */
interface ServerRow {
  id: string;
  status: string;
  version: number;
}

/** A disturbance, and how many requests it struck. */
interface Fault {
  id: string;
  effect: { kind: string };
  struck: number;
}

class Drifting {
  private readonly struck = new Map<string, number>();

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
    const pictures = await this.pictures();
    const rows = await this.serverRows();
    await this.control('DELETE', '/_sim/requests');
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
    await this.endFaults();
    // What a repair did wrong, or twice, or was found wrongly, would show now.
    await pause(CALM_MS);
    await Promise.all(saboteurs.map((saboteur) => saboteur.close()));
    const journal = (await this.control('GET', '/_sim/requests?writes=true')) as LoggedWrite[];
    const outcome: Outcome = {
      injected,
      before,
      after: await this.findings(),
      wrong: [...(await this.wrongThings(pictures, injected)), ...(await this.wrongRows(injected))],
      touchedRows: await this.touchedRows(rows, injected),
      journal: judgeJournal(journal, injected, new Set(saboteurs.flatMap(({ requests }) => [...requests]))),
      struck: this.struck,
      seconds,
    };
    for (const complaint of complaintsAbout(outcome)) console.error(complaint);
    return figuresOf(outcome);
  }

  /** All that can be repaired is repaired by itself; the brake is for those who did not mean it. */
  private async allow(): Promise<void> {
    const { api } = this.instance;
    for (const kind of REPAIRED)
      await api.post('/v1/reconcile_policies', { kind, scope: 'all', action: 'repair' });
    await this.until('SELECT COUNT(*) AS n FROM reconcile_round', CLUSTERS);
    await this.query('UPDATE reconcile_round SET max_per_hour = 100000, max_share = 1');
    await this.query('UPDATE sync_tier SET changes_ms = 5000, ids_ms = 15000, full_ms = 60000');
    // A lane takes the times of its tier up with its next full pass.
    await this.query('UPDATE lane SET full_due_at = UTC_TIMESTAMP(6), next_due_at = UTC_TIMESTAMP(6)');
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
    await this.endFaults('down-cell');
  }

  /** Ends the disturbances of this kind, or all, and counts how often they struck. */
  private async endFaults(kind?: string): Promise<void> {
    const faults = (await this.control('GET', '/_sim/faults')) as Fault[];
    for (const { id, effect, struck } of faults) {
      if (kind !== undefined && effect.kind !== kind) continue;
      this.struck.set(effect.kind, (this.struck.get(effect.kind) ?? 0) + struck);
      await this.control('DELETE', `/_sim/faults/${id}`);
    }
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

  /** How every cluster is now. */
  private async pictures(): Promise<Map<string, Picture>> {
    const pictures = new Map<string, Picture>();
    for (const { name } of this.instance.clusters) {
      const state = (await this.control('GET', `/_sim/clusters/${name}`)) as SimulatedState;
      pictures.set(name, pictureOf(state));
    }
    return pictures;
  }

  /** The clusters themselves: all is as it was, but for what was taken over or only people decide about. */
  private async wrongThings(
    before: ReadonlyMap<string, Picture>,
    injected: readonly InjectedDrift[],
  ): Promise<string[]> {
    const after = await this.pictures();
    return [...after].flatMap(([name, picture]) =>
      wrongIn(
        before.get(name) ?? new Map(),
        picture,
        injected.filter(({ cluster }) => cluster === name),
      ).map((what) => `${name}: ${what}`),
    );
  }

  /** What our own rows have to have learnt from the clusters. */
  private async wrongRows(injected: readonly InjectedDrift[]): Promise<string[]> {
    const rows = new Map((await this.serverRows()).map((row) => [row.id, row]));
    const wrong: string[] = [];
    for (const { kind, subjectId } of injected) {
      const status = rows.get(subjectId)?.status;
      const wanted = { missing: 'deleted', state_differs: 'stopped', flavor_differs: 'active' }[kind];
      if (wanted !== undefined && status !== wanted)
        wrong.push(`the row of server ${subjectId} is ${status}`);
      if (kind === 'address_in_use_but_free' && !(await this.isTakenOut(subjectId)))
        wrong.push(`${subjectId} is still handed out`);
    }
    return wrong;
  }

  /** Nothing was done about servers with which nothing was wrong. */
  private async touchedRows(
    before: readonly ServerRow[],
    injected: readonly InjectedDrift[],
  ): Promise<string[]> {
    const wronged = new Set(injected.map(({ subjectId }) => subjectId));
    const now = new Map((await this.serverRows()).map((row) => [row.id, row]));
    return before
      .filter(({ id, version, status }) => {
        const row = now.get(id);
        return !wronged.has(id) && (row?.version !== version || row.status !== status);
      })
      .map(({ id }) => id);
  }

  private serverRows(): Promise<ServerRow[]> {
    return this.query<ServerRow>('SELECT id, status, version FROM server');
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
      `SELECT f.id, f.kind, f.subject_id, f.state, f.repairs, f.came_back, f.first_seen_at, f.resolved_at,
              (SELECT COUNT(*) FROM task t WHERE t.resource_kind = 'finding' AND t.resource_id = f.id) AS tasks
       FROM finding f`,
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
