import type { ServerChange, ServerOrigin } from '@ultron/compute/server/server.service';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { portNames } from './owner-mark.rules.js';
import type { ServerView } from '@ultron/compute/server/server.view';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { HarnessWait } from '@ultron/testing/saga/saga-harness';
import { eventually } from '@ultron/testing/world/eventually';
import { isMet } from './server-conditions.js';
import type { ComputeWorld } from './compute-world.fixture.js';

/** All that there is of one server, in its clusters and in the tables. */
export interface Everything {
  /** The servers that bear its mark. */
  inCluster: { id: string; status: string }[];
  /** The ports that bear its name. */
  ports: { id: string; deviceId: string }[];
  row: Pick<ServerView, 'status' | 'openstack_id' | 'fault'> | null;
  /** The recorded ports that are not deleted. */
  portRows: string[];
  reservations: number;
  tasks: number;
}

/** Looks at one server; what a cluster is just deleting is waited for, since nobody else waits for it. */
export async function everythingOf(world: ComputeWorld, serverId: string): Promise<Everything> {
  const read = world.database.read;
  const rows = await world.database.read.query<Record<string, never>[]>('SELECT 1 FROM server WHERE id = ?', [
    serverId,
  ]);
  const row = rows.length ? await world.servers.get(serverId, undefined) : null;
  const inCluster = await eventually(
    () => states(world).flatMap((state) => state.servers.filter((s) => s.metadata['ultron_id'] === serverId)),
    (servers) => servers.every((server) => server.task_state !== 'deleting'),
  );
  const [reservations] = await read.query<{ n: number | string }[]>(
    'SELECT COUNT(*) AS n FROM capacity_reservation WHERE server_id = ?',
    [serverId],
  );
  const [tasks] = await read.query<{ n: number | string }[]>(
    'SELECT COUNT(*) AS n FROM task WHERE resource_id = ?',
    [serverId],
  );
  const portRows = await read.query<{ openstack_id: string }[]>(
    'SELECT openstack_id FROM port WHERE server_id = ? AND deleted_at IS NULL',
    [serverId],
  );
  return {
    inCluster: inCluster.map(({ id, status }) => ({ id, status })),
    ports: states(world).flatMap((state) =>
      state.ports
        .filter((port) => portNames(serverId, 8).includes(port.name))
        .map((port) => ({ id: port.id, deviceId: port.device_id })),
    ),
    row: row && { status: row.status, openstack_id: row.openstack_id, fault: row.fault },
    portRows: portRows.map((port) => port.openstack_id),
    reservations: Number(reservations?.n),
    tasks: Number(tasks?.n),
  };
}

const states = (world: ComputeWorld) =>
  world.simulator.control.clusterNames().map((name) => world.simulator.control.state(name));

/** Lets the simulated cluster go on until what is waited for has come; a watcher would have woken the task then. */
export async function settleServer(world: ComputeWorld, wait: HarnessWait): Promise<void> {
  if (wait.on !== 'observation') return;
  await eventually(
    () => states(world).flatMap((state) => state.servers.filter((server) => server.id === wait.key)),
    ([server]) =>
      server === undefined ||
      isMet(wait.until ?? {}, { status: server.status, taskState: server.task_state }),
  );
}

/** A creation as the API would have written it, but for the task, which is returned. */
export async function begunCreation(world: ComputeWorld): Promise<{ serverId: string; task: NewTask }> {
  const { servers, task } = await world.create({ name: `h-${newId().slice(-12)}` });
  const [server] = servers;
  if (!server) throw new Error('no server was made');
  // The harness writes the task itself.
  await world.database.read.query('DELETE FROM task WHERE id = ?', [task.id]);
  return { serverId: server.id, task };
}

/** Active servers, made by a conductor that is gone again: it would take the harness's tasks. */
export async function activeServers(
  world: ComputeWorld,
  count: number,
  wish: Parameters<ComputeWorld['create']>[0] = {},
): Promise<string[]> {
  const engine = await world.conduct();
  const ids: string[] = [];
  while (ids.length < count) {
    const { servers, task } = await world.create({
      ...wish,
      count: Math.min(100, count - ids.length),
      name: 'h',
    });
    const ended = await world.ended(task.id, 60_000);
    if (ended.status !== 'succeeded') throw new Error(`the servers were not made: ${ended.error?.detail}`);
    ids.push(...servers.map((server) => server.id));
  }
  await engine.stop();
  return ids;
}

/** A wish about a server as the API would have written it, but for the task, which is returned. */
export async function begunChange(
  world: ComputeWorld,
  work: (tx: Transaction, origin: ServerOrigin) => Promise<ServerChange>,
): Promise<NewTask> {
  const origin = await world.servers.originOf(world.origin());
  return world.database.transaction(async (tx) => {
    const change = await work(tx, origin);
    await tx.query('DELETE FROM task WHERE id = ?', [change.taskId]);
    const task = change.ring.find((ref) => ref.id === change.taskId);
    if (!task || !('input' in task)) throw new Error('no task was made');
    return task as NewTask;
  });
}
