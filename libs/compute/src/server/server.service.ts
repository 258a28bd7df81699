import { Inject, Injectable } from '@nestjs/common';
import { clusterTakesNoChanges } from '@ultron/cluster/cluster/cluster.faults';
import { takesChanges } from '@ultron/cluster/cluster/cluster.state';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { ServerPort } from '@ultron/network/port/port.entity';
import { PortRepository } from '@ultron/network/port/port.repository';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask, TaskRef } from '@ultron/tasks/task/task.types';
import type { Offer } from '../offer/offer.js';
import { OfferService } from '../offer/offer.service.js';
import { ServerNicRepository } from '../server-nic/server-nic.repository.js';
import type { Server } from './server.entity.js';
import { ServerRepository, type ServerFilter, type ServerSort } from './server.repository.js';
import { invalidRequest, metadataProblems, renameProblems } from './server.rules.js';
import { CHANGING, requireAllowed, ACTION_RULES } from './server.state.js';
import {
  COMPUTE_DOMAIN,
  SERVER_TASK,
  type ServerActionInput,
  type ServerDeleteInput,
  type ServerUpdateInput,
} from './server-task.js';
import { serverView, type ServerAttachments, type ServerView } from './server.view.js';

/** Who asks, and in which trace. */
export interface ServerCaller {
  /** Only servers of this project exist for the caller; undefined: all do. */
  projectId: string | undefined;
  traceId: string;
  traceparent: string;
}

/**
 * A caller together with what was read before the transaction began: a transaction that waits for a second
 * connection of the pool waits for ever when all the others do so too.
 */
export interface ServerOrigin extends ServerCaller {
  offer: Offer;
}

/** What became of a wish about one server: its row as it is now, and the task that fulfils it. */
export interface ServerChange {
  server: ServerView;
  taskId: string;
  /** The task, when it is new. */
  task: { id: string; kind: string; status: 'queued' } | null;
  /** What is to be rung after the commit. */
  ring: TaskRef[];
}

export interface ServerPatch {
  name?: string | undefined;
  /** The metadata as it is to be: keys that are left out go. */
  metadata?: Record<string, string> | undefined;
}

/** Checks the caller's `If-Match` against the version of the locked row; throws when it is stale. */
export type VersionCheck = (version: number) => void;

@Injectable()
export class ServerService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ServerRepository) private readonly servers: ServerRepository,
    @Inject(PortRepository) private readonly ports: PortRepository,
    @Inject(OfferService) private readonly offers: OfferService,
    @Inject(TaskService) private readonly tasks: TaskService,
    @Inject(ServerNicRepository) private readonly nics: ServerNicRepository,
  ) {}

  /** To be called before the transaction in which something is changed. */
  async originOf(caller: ServerCaller): Promise<ServerOrigin> {
    const offer = await this.offers.current();
    // A refusal is only ever given on what was just read.
    const mayRefuse = offer.clusters.all().some((cluster) => !takesChanges(cluster.state));
    return { ...caller, offer: mayRefuse ? await this.offers.fresh() : offer };
  }

  /** @throws Fault `server_not_found`, also for another project's server. */
  async get(id: string, projectId: string | undefined): Promise<ServerView> {
    const offer = await this.offers.current();
    const server = visible(await this.servers.find(this.database.read, id), id, projectId);
    return this.view(this.database.read, server, offer);
  }

  /** One more than the page asks for, when there is one. */
  async list(filter: ServerFilter, page: Page<ServerSort>): Promise<ServerView[]> {
    const servers = await this.servers.list(this.database.read, filter, page);
    const offer = await this.offers.current();
    const attached = await this.attachmentsOf(this.database.read, servers);
    return servers.map((server) => serverView(server, attached(server.id), offer));
  }

  /** What these servers have of networks; one with a single logical network has no rows about them. */
  private async attachmentsOf(
    tx: Transaction,
    servers: readonly Server[],
  ): Promise<(serverId: string) => ServerAttachments> {
    const ids = servers.map((server) => server.id);
    const ports = Map.groupBy(await this.ports.listOfServers(tx, ids), (port) => port.serverId);
    const others = servers.flatMap(({ id, networkId }) => (networkId === null ? [id] : []));
    const nics = Map.groupBy(await this.nics.listOfServers(tx, others), (nic) => nic.serverId);
    return (id) => ({ ports: ports.get(id) ?? [], nics: nics.get(id) ?? [] });
  }

  async portsOf(id: string, projectId: string | undefined): Promise<ServerPort[]> {
    visible(await this.servers.find(this.database.read, id), id, projectId);
    return this.ports.listOfServers(this.database.read, [id]);
  }

  /**
   * Deletes a server, whatever happens to it now: what is at work on it is asked to stop first. A server that is
   * being deleted, or is gone, answers with the task that did it.
   * @throws Fault `server_not_found`.
   */
  async delete(
    tx: Transaction,
    id: string,
    origin: ServerOrigin,
    check: VersionCheck,
  ): Promise<ServerChange> {
    const server = await this.lock(tx, id, origin);
    if (server.status === 'deleting' || server.status === 'deleted')
      return this.unchanged(tx, server, origin);
    check(server.version);
    // A task that failed may have been let begin anew.
    const busy = CHANGING.has(server.status) || server.status === 'error';
    const predecessor = busy ? server.taskId : null;
    const cancelled = predecessor ? await this.tasks.requestCancel(tx, predecessor) : [];
    const input: ServerDeleteInput = { server_id: id, cluster_id: server.clusterId, predecessor };
    const task = taskFor(server, SERVER_TASK.delete, input, origin);
    const change = await this.begin(tx, server, origin, task, 'deleting');
    return { ...change, ring: [...cancelled, ...change.ring] };
  }

  /**
   * @throws Fault `server_not_found`, `server_state_conflict`, `server_not_in_cluster`, and as every change
   * `cluster_takes_no_changes` where the state of the cluster forbids it.
   */
  async act(
    tx: Transaction,
    id: string,
    action: ServerActionInput['action'],
    origin: ServerOrigin,
  ): Promise<ServerChange> {
    const server = await this.lock(tx, id, origin);
    requireAllowed(action, server.status);
    if (server.openstackId === null) throw neverMade();
    const input: ServerActionInput = {
      server_id: id,
      cluster_id: server.clusterId,
      action,
      previous_status: server.status,
    };
    const kind = action === 'start' || action === 'stop' ? SERVER_TASK[action] : SERVER_TASK.reboot;
    const task = taskFor(server, kind, input, origin);
    return this.begin(tx, server, origin, task, ACTION_RULES[action].meanwhile);
  }

  /**
   * Renames a server or changes its metadata: at once in Ultron, by a task in its cluster.
   * @throws Fault `server_not_found`, `server_state_conflict`, `invalid_body`.
   */
  async update(
    tx: Transaction,
    id: string,
    patch: ServerPatch,
    origin: ServerOrigin,
    check: VersionCheck,
  ): Promise<ServerChange> {
    const server = await this.lock(tx, id, origin);
    check(server.version);
    requireAllowed('update', server.status);
    const { name, metadata } = patch;
    const problems = [...renameProblems(name), ...metadataProblems(metadata ?? {})];
    if (problems.length) throw invalidRequest(problems);
    await this.servers.setIntent(tx, id, { name, metadata });
    const before = { name: server.name, metadata: server.metadata };
    const input: ServerUpdateInput = { server_id: id, cluster_id: server.clusterId, name, metadata, before };
    const task = taskFor(server, SERVER_TASK.update, input, origin);
    return this.begin(tx, server, origin, task, null);
  }

  private async lock(tx: Transaction, id: string, origin: ServerOrigin): Promise<Server> {
    return visible(await this.servers.lock(tx, id), id, origin.projectId);
  }

  private async begin(
    tx: Transaction,
    server: Server,
    origin: ServerOrigin,
    task: NewTask,
    status: Server['status'] | null,
  ): Promise<ServerChange> {
    await this.tasks.createMany(tx, [task]);
    await this.servers.handTo(tx, server.id, task.id, status);
    const now = await this.servers.find(tx, server.id);
    const { id: taskId, kind } = task;
    return {
      server: await this.view(tx, now ?? server, origin.offer),
      taskId,
      task: { id: taskId, kind, status: 'queued' },
      ring: [task],
    };
  }

  private async unchanged(tx: Transaction, server: Server, { offer }: ServerOrigin): Promise<ServerChange> {
    return { server: await this.view(tx, server, offer), taskId: server.taskId, task: null, ring: [] };
  }

  private async view(tx: Transaction, server: Server, offer: Offer): Promise<ServerView> {
    return serverView(server, (await this.attachmentsOf(tx, [server]))(server.id), offer);
  }
}

function taskFor(server: Server, kind: string, input: unknown, origin: ServerOrigin): NewTask {
  const cluster = origin.offer.clusters.get(server.clusterId);
  if (!cluster) throw clusterUnknown();
  if (!takesChanges(cluster.state)) throw clusterTakesNoChanges(cluster);
  return {
    id: newId(),
    kind,
    domain: COMPUTE_DOMAIN,
    conductorGroup: cluster.conductorGroup,
    projectId: server.projectId,
    resource: { kind: 'server', id: server.id },
    input,
    traceId: origin.traceId,
    traceparent: origin.traceparent,
  };
}

function clusterUnknown(): Fault {
  return new Fault({
    code: 'cluster_unknown',
    category: 'conflict',
    detail: 'The cluster of this server is not registered any more.',
    whoCanFix: 'operator',
  });
}

function visible(server: Server | null, id: string, projectId: string | undefined): Server {
  if (server && (projectId === undefined || server.projectId === projectId)) return server;
  throw new Fault({ code: 'server_not_found', category: 'not_found', detail: `There is no server ${id}.` });
}

function neverMade(): Fault {
  return new Fault({
    code: 'server_not_in_cluster',
    category: 'conflict',
    detail:
      'This server was never made in a cluster (its fault says why); all that can be done is to delete it.',
  });
}
