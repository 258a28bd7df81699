import { availableParallelism } from 'node:os';
import { SYNCS } from '@ultron/conductor/catalog';
import { type Figure, figureOf, median } from '../figures.js';
import type { Batches } from './batches.js';
import type { Deed, DeedKind } from './disturber.js';
import type { Freshness } from './freshness.js';
import { differences, markedIn } from './owned.js';
import type { UpheavalSize } from './size.config.js';
import { drained, ownerless, share, type Span, takenAfter } from './times.js';
import {
  compareCluster,
  compareState,
  ROWS_OF_CLUSTER,
  type ObservedRow,
  type SimulatorState,
  type Untruth,
} from './truth.js';
import type { Unserved } from './unserved.js';
import type { UpheavalInstance } from './upheaval-instance.js';

const NONE = '= 0';
/** Of what is wrong, so many are shown. */
const SHOWN = 10;
const DEEDS: DeedKind[] = ['killed', 'frozen', 'stopped', 'drained', 'moved'];

const figure = figureOf('upheaval');

/** Says in figures what came of it. */
export class Judge {
  constructor(private readonly world: UpheavalInstance) {}

  extent(
    { clusters, servers, portsEach, hypervisors }: UpheavalSize,
    deeds: readonly Deed[],
    { changes, calmAfter, load }: { changes: number; calmAfter: number; load: readonly number[] },
  ): Figure[] {
    return [
      figure('clusters', clusters, 'clusters'),
      figure('servers', clusters * servers, 'servers'),
      figure('ports', clusters * servers * portsEach, 'ports'),
      figure('hypervisors', clusters * hypervisors, 'hypervisors'),
      figure('conductors', this.world.seats.length, 'processes'),
      ...DEEDS.map((what) => figure(what, deeds.filter((deed) => deed.what === what).length, 'times')),
      figure('changes_by_outsiders', changes, 'changes'),
      figure('machine_load_to_its_cores', median(load) / availableParallelism(), 'x'),
      figure('calm_after_the_end', calmAfter, 's'),
    ];
  }

  /** Every object of every kind, of all clusters, against what the database holds of it. */
  async truth(when: string): Promise<Figure[]> {
    const { audit, clusters } = this.world;
    const contexts = await this.world.contexts();
    const untruths: Untruth[] = [];
    const byControl: Untruth[] = [];
    let objects = 0;
    for (const { id, name } of clusters) {
      const context = contexts.get(name);
      if (!context) throw new Error(`${name} is not known`);
      const rows = await audit.query<ObservedRow>(ROWS_OF_CLUSTER, [id]);
      const lanes = await audit.query<{ kind: string }>(
        'SELECT kind FROM lane WHERE cluster_id = ? AND resting = 0',
        [id],
      );
      const kinds = SYNCS.filter(({ kind }) => lanes.some((lane) => lane.kind === kind));
      const compared = await compareCluster(name, context, kinds, rows);
      objects += compared.objects;
      untruths.push(...compared.untruths);
      byControl.push(...compareState(name, await this.stateOf(name), rows));
    }
    for (const one of [...untruths, ...byControl].slice(0, SHOWN))
      console.error(`lost${when}`, JSON.stringify(one));
    const count = (what: Untruth['what']) => untruths.filter((one) => one.what === what).length;
    return [
      figure(`objects_compared${when}`, objects, 'objects'),
      figure(`lost_missing${when}`, count('missing'), 'objects', NONE),
      figure(`lost_not_gone${when}`, count('not_gone'), 'objects', NONE),
      figure(`lost_different${when}`, count('different'), 'objects', NONE),
      figure(`lost_by_control${when}`, byControl.length, 'servers and ports', NONE),
    ];
  }

  async writes(): Promise<Figure[]> {
    const { audit, counters } = this.world;
    const { states, doubled, byOthers, blotted } = await audit.writes();
    console.error(`writes by kind: ${JSON.stringify(await audit.writesByKind())}`);
    for (const one of await audit.wrongWrites()) console.error('wrong write', JSON.stringify(one));
    const { removed, turnedBack } = await audit.brokenLanes();
    return [
      figure('writes', states, 'writes'),
      figure('hashes_blotted_out', blotted, 'writes'),
      figure('writes_doubled', doubled, 'writes', NONE),
      figure('writes_by_others_than_the_owner', byOthers, 'writes', NONE),
      figure('writes_refused', counters.writesRefused, 'passes'),
      figure('lanes_removed', removed, 'lanes', NONE),
      figure('epochs_that_did_not_rise_by_one', turnedBack, 'switches', NONE),
    ];
  }

  async servers(batches: Batches): Promise<Figure[]> {
    const { kept } = batches;
    const found = differences(await markedIn(this.world.clusters.map(({ cloud }) => cloud)), batches);
    const rows = await this.world.audit.query<{ id: string }>(
      'SELECT id FROM server WHERE deleted_at IS NULL',
    );
    const known = new Set(rows.map(({ id }) => id));
    const unlike =
      kept.size -
      rows.filter(({ id }) => kept.has(id)).length +
      [...known].filter((id) => !kept.has(id)).length;
    return [
      figure('batch_servers_made', batches.made, 'servers'),
      figure('batch_servers_kept', kept.size, 'servers'),
      ...Object.entries(found).map(([metric, value]) => figure(`batch_${metric}`, value, 'of them', NONE)),
      figure('batch_rows_unlike_what_was_asked', unlike, 'rows', NONE),
      figure('requests_answered_503', batches.refused, 'requests'),
    ];
  }

  async tasks(batches: Batches): Promise<Figure[]> {
    const rows = await this.world.audit.query<{ kind: string; status: string; tasks: number }>(
      'SELECT kind, status, COUNT(*) AS tasks FROM task GROUP BY kind, status',
    );
    for (const one of rows.filter(({ status }) => status !== 'succeeded')) console.error(JSON.stringify(one));
    for (const one of batches.failures.slice(0, SHOWN)) console.error(one);
    const [taken] = await this.world.audit.query<{ n: number }>('SELECT SUM(takeovers) AS n FROM task');
    const count = (...statuses: string[]): number =>
      rows
        .filter(({ status }) => statuses.includes(status))
        .reduce((sum, { tasks }) => sum + Number(tasks), 0);
    return [
      figure(
        'tasks',
        rows.reduce((sum, { tasks }) => sum + Number(tasks), 0),
        'tasks',
      ),
      figure('tasks_failed', count('failed', 'cancelled'), 'tasks', NONE),
      figure('tasks_stuck', count('stuck'), 'tasks', NONE),
      figure('tasks_unfinished', count('queued', 'running', 'waiting', 'unwinding'), 'tasks', NONE),
      figure('tasks_taken_over_last', Number(taken?.n ?? 0), 'times'),
    ];
  }

  unserved({ alarmAfterMs, metric, tasksWaiting, statusMeanwhile }: Unserved): Figure[] {
    return [
      figure('unserved_group_alarm_after', alarmAfterMs, 'ms', '< 5000'),
      figure('unserved_group_in_metric', metric ? 1 : 0, 'yes = 1', '= 1'),
      figure('unserved_group_tasks_waiting', tasksWaiting, 'tasks', '> 0'),
      figure('unserved_group_task_still_open', statusMeanwhile === 'running' ? 1 : 0, 'yes = 1', '= 1'),
    ];
  }

  freshness(freshness: Freshness): Figure[] {
    const { p95, most } = freshness.againstPromise();
    return [
      ...freshness
        .byTier()
        .flatMap((tier) => [
          figure(`unread_longest_${tier.tier}_p95`, tier.p95, 's'),
          figure(`unread_longest_${tier.tier}_max`, tier.most, 's', `<= ${tier.objective}`),
        ]),
      figure('unread_longest_to_objective_p95', p95, 'x', '<= 1'),
      figure('unread_longest_to_objective_max', most, 'x'),
    ];
  }

  async owners(deeds: readonly Deed[], unserved: Span): Promise<Figure[]> {
    const { audit, counters } = this.world;
    const switches = await audit.switches();
    const [killed, frozen] = [takenAfter(deeds, 'killed', switches), takenAfter(deeds, 'frozen', switches)];
    const { ended, moved } = ownerless(switches, unserved);
    const own = drained(deeds, switches);
    const times = (what: DeedKind) =>
      deeds.filter((deed) => deed.what === what).flatMap(({ ms }) => ms ?? []);
    return [
      figure('lanes_of_killed_taken_after_p95', share(killed, 0.95), 'ms', '< 3000'),
      figure('lanes_of_killed_taken_after_max', share(killed, 1), 'ms'),
      figure('lanes_of_frozen_taken_after_p95', share(frozen, 0.95), 'ms', '< 3000'),
      figure('lanes_of_frozen_taken_after_max', share(frozen, 1), 'ms'),
      figure('lanes_moved_by_drain', own.lanes, 'lanes'),
      figure('lanes_without_owner_by_drain', own.ownerless, 'lanes', NONE),
      figure('move_to_group_answered_after_p95', share(times('moved'), 0.95), 'ms'),
      figure('drained_after_p95', share(times('drained'), 0.95), 'ms'),
      figure('stopped_after_p95', share(times('stopped'), 0.95), 'ms', '< 3000'),
      figure('switches_of_lanes', counters.switches, 'transactions'),
      figure('switch_interrupts_p95', counters.switchMs(0.95), 'ms', '< 80'),
      figure('lanes_without_owner_after_stop_p95', share(ended, 0.95), 'ms'),
      figure('lanes_without_owner_after_move_p95', share(moved, 0.95), 'ms'),
      figure('lanes_without_owner_after_move_max', share(moved, 1), 'ms'),
    ];
  }

  private async stateOf(cluster: string): Promise<SimulatorState> {
    const response = await fetch(`${this.world.instance.simulatorUrl}/_sim/clusters/${cluster}`);
    return (await response.json()) as SimulatorState;
  }
}
