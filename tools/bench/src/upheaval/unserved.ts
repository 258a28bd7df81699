import type { BenchInstance } from '../instance/bench-instance.js';
import type { Batches } from './batches.js';
import { pause } from './pause.js';
import type { Seat } from './seat.js';
import type { Span } from './times.js';

const SHOWN_WITHIN_MS = 15_000;
/** For so long nobody serves the group. */
const UNSERVED_MS = 25_000;
const SERVERS = 10;

/** What became of a group that nobody served. */
export interface Unserved {
  /** From the death of the last conductor until new ones work. */
  span: Span;
  /** From the death of the last conductor until the API shows an alarm; NaN when it never does. */
  alarmAfterMs: number;
  /** Whether the metric says so. */
  metric: boolean;
  /** Tasks of the group that the API says are waiting. */
  tasksWaiting: number;
  /** How the task stood that was accepted meanwhile, before anybody served the group again. */
  statusMeanwhile: string;
}

interface Group {
  name: string;
  alarm: string | null;
  tasks_waiting: number;
}

/** Kills all conductors of a group, asks for servers in its cluster, looks what is shown, and starts conductors again. */
export async function leaveUnserved(
  instance: BenchInstance,
  batches: Batches,
  seats: readonly Seat[],
  cluster: string,
): Promise<Unserved> {
  const group = seats[0]?.group ?? '';
  const begun = Date.now();
  await Promise.all(seats.map((seat) => seat.kill()));
  const batch = await batches.create('unserved', SERVERS, [cluster]);
  let alarmAfterMs = NaN;
  while (Number.isNaN(alarmAfterMs) && Date.now() - begun < SHOWN_WITHIN_MS) {
    const shown = await shownOf(instance, group);
    if (shown?.alarm) alarmAfterMs = Date.now() - begun;
    await pause(250);
  }
  await pause(begun + UNSERVED_MS - Date.now());
  const response = await fetch(`${instance.url}/metrics`);
  const metric = (await response.text()).includes(`ultron_conductor_group_unserved{group="${group}"} 1`);
  const tasksWaiting = (await shownOf(instance, group))?.tasks_waiting ?? NaN;
  const { status } = await batches.status(batch.taskId);
  await Promise.all(seats.map((seat) => seat.start()));
  const span = { from: begun, until: Date.now() };
  await batches.built(batch);
  return { span, alarmAfterMs, metric, tasksWaiting, statusMeanwhile: status };
}

async function shownOf({ api }: BenchInstance, name: string): Promise<Group | undefined> {
  const { conductor_groups: groups } = await api.get<{ conductor_groups: Group[] }>(
    '/v1/conductor_groups?limit=100',
  );
  return groups.find((group) => group.name === name);
}
