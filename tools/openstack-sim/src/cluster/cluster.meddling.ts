import { randomUUID } from 'node:crypto';
import { beginAction } from '../nova/lifecycle.js';
import type { ServerRow } from '../nova/compute.store.js';
import type { PortRow } from '../neutron/network.store.js';
import { makeServerPort } from '../neutron/server-port.js';
import { ApiError } from '../http/call.js';
import { secondTime } from '../http/times.js';
import type { Cluster } from './cluster.js';
import { fillCluster } from './cluster.fill.js';

/** What others may do to a cluster behind the back of a client. */
export const MEDDLINGS = [
  'server_renamed',
  'server_marked',
  'server_stopped',
  'server_deleted',
  'server_created',
  'port_renamed',
  'port_created',
  'port_deleted',
] as const;
export type Meddling = (typeof MEDDLINGS)[number];

/** What was done, to what, and when. */
export interface Meddled {
  what: Meddling;
  id: string;
  /** RFC 3339. */
  at: string;
}

/** Gives each of `count` servers or ports, drawn at random, one of the changes in turn; each is changed once at most. */
export function meddle(cluster: Cluster, what: readonly Meddling[], count: number): Meddled[] {
  const drawn = new Draw(cluster);
  const done: Meddled[] = [];
  for (let i = 0; i < count; i++) {
    const one = what[i % what.length];
    const id = one && allowed(() => DEEDS[one](cluster, drawn));
    if (one && id !== undefined)
      done.push({ what: one, id, at: new Date(cluster.clock.now()).toISOString() });
  }
  cluster.settled();
  return done;
}

/** What the cluster refuses (no address is left) was not done. */
function allowed(deed: () => string | undefined): string | undefined {
  try {
    return deed();
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Servers and ports at random, each once. */
class Draw {
  #servers: ServerRow[] | undefined;
  #ports: PortRow[] | undefined;

  constructor(private readonly cluster: Cluster) {}

  server(): ServerRow | undefined {
    this.#servers ??= [...this.cluster.compute.live.after()].filter((row) => row.taskState === null);
    return this.#take(this.#servers);
  }

  /** Not those of routers and the like, which nobody changes by hand. */
  port(): PortRow | undefined {
    this.#ports ??= [...this.cluster.network.ports.values()].filter(
      (row) => !row.device_owner.startsWith('network:'),
    );
    return this.#take(this.#ports);
  }

  #take<Row>(rows: Row[]): Row | undefined {
    const at = Math.floor(this.cluster.random() * rows.length);
    const row = rows[at];
    const last = rows.pop();
    if (at < rows.length && last !== undefined) rows[at] = last;
    return row;
  }
}

/** Each answers the id of what it changed; undefined when there was nothing to change. */
const DEEDS: Record<Meddling, (cluster: Cluster, drawn: Draw) => string | undefined> = {
  server_renamed: (cluster, drawn) =>
    onServer(drawn, (row) => cluster.compute.update(row, { name: `meddled-${short()}` })),
  server_marked: (cluster, drawn) =>
    onServer(drawn, (row) =>
      cluster.compute.update(row, { metadata: { ...row.metadata, meddled: short() } }),
    ),
  server_stopped: (cluster, drawn) => onServer(drawn, (row) => begin(cluster, row, 'stop')),
  server_deleted: (cluster, drawn) => onServer(drawn, (row) => begin(cluster, row, 'delete')),
  server_created: (cluster) => {
    const flavor = cluster.compute.flavors.get('1');
    if (!flavor || !cluster.lifecycle.ledger.choose(flavor, null)) return undefined;
    fillCluster(cluster, 1);
    const [newest] = cluster.compute.live.before();
    return newest?.id;
  },
  port_renamed: (cluster, drawn) =>
    onPort(drawn, (row) => cluster.network.updatePort(row, { name: `meddled-${short()}` })),
  port_created: (cluster, drawn) => {
    const like = drawn.port();
    if (!like) return undefined;
    const owner = {
      projectId: like.project_id,
      securityGroups: like.security_groups,
      at: secondTime(cluster.clock.now()),
    };
    const port = makeServerPort(cluster, { networkId: like.network_id }, owner);
    cluster.network.updatePort(port, { name: `meddled-${short()}` });
    return port.id;
  },
  port_deleted: (cluster, drawn) => onPort(drawn, (row) => cluster.network.ports.remove(row)),
};

const short = (): string => randomUUID().slice(0, 8);

function onServer(drawn: Draw, change: (row: ServerRow) => void): string | undefined {
  const row = drawn.server();
  if (row) change(row);
  return row?.id;
}

function onPort(drawn: Draw, change: (row: PortRow) => void): string | undefined {
  const row = drawn.port();
  if (row) change(row);
  return row?.id;
}

/** As its owner would by the API, without a delay. */
function begin(cluster: Cluster, row: ServerRow, kind: 'stop' | 'delete'): void {
  const now = cluster.clock.now();
  const action = beginAction(row, kind, { requestId: `req-${randomUUID()}`, userId: row.userId, now });
  cluster.compute.update(row, { taskState: kind === 'stop' ? 'powering-off' : 'deleting' });
  cluster.lifecycle.begin(row, kind, 0, action);
}
