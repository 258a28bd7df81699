import { type Delay, draw } from '../clock/random.js';
import type { Cluster } from '../cluster/cluster.js';
import { ApiError } from '../http/call.js';
import { zonelessTime } from '../http/times.js';
import type { ActionRow, FaultRow, HostRow, PendingRow, ServerRow } from './compute.store.js';
import { HostLedger } from './host-ledger.js';
import { PortInUse, bindPorts, releasePorts } from './server-ports.js';
import { POWER } from './server.state.js';

/** What happens to servers after the API has answered. */
export class Lifecycle {
  readonly ledger: HostLedger;

  constructor(private readonly cluster: Cluster) {
    this.ledger = new HostLedger(cluster.compute);
  }

  /** Sets what ends later; a restart of the simulator goes on from the stored row. */
  begin(
    server: ServerRow,
    kind: PendingRow['kind'],
    delay: Delay,
    action: Pick<ActionRow, 'requestId'>,
    noValidHost = false,
  ): void {
    const { clock, compute, random } = this.cluster;
    const due = clock.now() + draw(delay, random);
    server.pending = { kind, due, requestId: action.requestId, ...(noValidHost ? { noValidHost } : {}) };
    compute.keep(server);
    this.#arm(server, server.pending);
  }

  /** Takes up again what was under way when the state was stored. */
  resume(): void {
    for (const server of this.cluster.compute.servers.values()) {
      if (server.host && server.vmState !== 'deleted') this.ledger.take(server.host, server.flavor);
      if (server.pending) this.#arm(server, server.pending);
    }
  }

  #arm(server: ServerRow, pending: PendingRow): void {
    this.cluster.clock.at(pending.due, () => {
      if (server.pending !== pending) return;
      server.pending = null;
      this.#finish(server, pending);
      this.cluster.settled();
    });
  }

  #finish(server: ServerRow, pending: PendingRow): void {
    switch (pending.kind) {
      case 'schedule':
        return this.#schedule(server, pending);
      case 'spawn':
        return this.#spawned(server, pending);
      case 'start':
      case 'reboot':
        return this.#done(server, pending, {
          vmState: 'active',
          taskState: null,
          powerState: POWER.running,
          fault: null,
        });
      case 'stop':
        return this.#done(server, pending, {
          vmState: 'stopped',
          taskState: null,
          powerState: POWER.shutdown,
        });
      case 'delete':
        return this.#deleted(server, pending);
    }
  }

  #done(server: ServerRow, pending: PendingRow, changes: Partial<ServerRow>): void {
    finishAction(server, pending.requestId, this.cluster.clock.now());
    this.cluster.compute.update(server, changes);
  }

  #schedule(server: ServerRow, pending: PendingRow): void {
    const { compute } = this.cluster;
    const host = pending.noValidHost ? undefined : this.ledger.choose(server.flavor, server.requestedZone);
    if (!host) return this.#failed(server, pending, noValidHost(this.cluster.clock.now()), null);
    this.ledger.take(host.id, server.flavor);
    compute.update(server, { host: host.id, zone: host.zone, taskState: 'networking' });
    this.#connect(server, pending, host);
  }

  /** Binds or makes the ports, then lets the guest start. */
  #connect(server: ServerRow, pending: PendingRow, host: HostRow): void {
    try {
      bindPorts(this.cluster, server, host);
    } catch (error) {
      if (!(error instanceof PortInUse) && !(error instanceof ApiError)) throw error;
      this.ledger.give(host.id, server.flavor);
      releasePorts(this.cluster, server);
      return this.#failed(
        server,
        pending,
        buildAborted(server, error.message, this.cluster.clock.now()),
        null,
      );
    }
    this.cluster.compute.update(server, { taskState: 'spawning' });
    this.begin(server, 'spawn', this.cluster.settings.lifecycle.spawn, pending);
  }

  #spawned(server: ServerRow, pending: PendingRow): void {
    const { network } = this.cluster;
    for (const port of [...network.portsByDevice.get(server.id)])
      network.updatePort(port, { status: 'ACTIVE' });
    this.#done(server, pending, {
      vmState: 'active',
      taskState: null,
      powerState: POWER.running,
      launchedAt: this.cluster.clock.now(),
    });
  }

  #failed(server: ServerRow, pending: PendingRow, fault: FaultRow, host: string | null): void {
    finishAction(server, pending.requestId, this.cluster.clock.now(), fault);
    this.cluster.compute.update(server, {
      vmState: 'error',
      taskState: null,
      powerState: POWER.none,
      fault,
      host,
    });
  }

  #deleted(server: ServerRow, pending: PendingRow): void {
    const now = this.cluster.clock.now();
    if (server.host) this.ledger.give(server.host, server.flavor);
    releasePorts(this.cluster, server);
    finishAction(server, pending.requestId, now);
    this.cluster.compute.update(server, {
      vmState: 'deleted',
      taskState: null,
      powerState: POWER.none,
      terminatedAt: now,
    });
  }
}

/** Notes the beginning of an action under the id of the request that caused it. */
export function beginAction(
  server: ServerRow,
  action: string,
  call: { requestId: string; userId: string; now: number },
): ActionRow {
  const row: ActionRow = {
    action,
    requestId: call.requestId,
    userId: call.userId,
    projectId: server.projectId,
    startTime: call.now,
    updatedAt: call.now,
    message: null,
    events: [],
  };
  server.actions.push(row);
  return row;
}

const EVENTS: Record<string, string> = {
  create: 'compute__do_build_and_run_instance',
  delete: 'compute_terminate_instance',
  stop: 'compute_stop_instance',
  start: 'compute_start_instance',
  reboot: 'compute_reboot_instance',
};

function finishAction(server: ServerRow, requestId: string, now: number, fault?: FaultRow): void {
  const row = server.actions.findLast((action) => action.requestId === requestId);
  if (!row) return;
  row.updatedAt = now;
  row.message = fault ? 'Error' : row.message;
  row.events.push({
    event:
      fault && !server.host
        ? 'conductor_schedule_and_build_instances'
        : (EVENTS[row.action] ?? `compute_${row.action}`),
    start_time: zonelessTime(row.startTime),
    finish_time: zonelessTime(now),
    result: fault ? 'Error' : 'Success',
    // Frames only: the exception itself is in the details.
    traceback: fault
      ? '  File "/usr/lib/python3/dist-packages/nova/conductor/manager.py", line 940\n    raise result\n'
      : null,
    host: server.host,
    details: fault ? fault.message : null,
  });
}

/** As the conductor writes it when the scheduler found nothing (`nova/scheduler/manager.py`). */
function noValidHost(now: number): FaultRow {
  const message = 'No valid host was found. ';
  return {
    code: 500,
    created: now,
    message,
    details: `Traceback (most recent call last):\n\nnova.exception.NoValidHost: ${message}\n\n`,
  };
}

function buildAborted(server: ServerRow, reason: string, now: number): FaultRow {
  const message = `Build of instance ${server.id} aborted: ${reason}`;
  return { code: 500, created: now, message, details: `nova.exception.BuildAbortException: ${message}` };
}
