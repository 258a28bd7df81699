import type { Placed } from '@ultron/cluster/scheduler/scheduler.service';
import type { PlacementRequest } from '@ultron/cluster/scheduler/placement';
import { isVpcNic } from '../server-nic/nic-request.rules.js';
import type { AddressPart, NicWish } from '../server-nic/server-addresses.js';
import type { NewServerNic } from '../server-nic/server-nic.repository.js';
import { newId } from '@ultron/kernel/id';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { NewServer } from './server.repository.js';
import type { ResolvedRequest, ServerRequest } from './server.rules.js';
import { serverNames } from './server-name.rules.js';
import { COMPUTE_DOMAIN, SERVER_TASK, type ServerCreateInput } from './server-task.js';

/** A request for servers with all choices made that can be made without the database: ids and names. */
export interface ServerOrder {
  projectId: string;
  request: ServerRequest;
  resolved: ResolvedRequest;
  keyPairId: string | null;
  serverIds: string[];
  names: string[];
  traceId: string;
  traceparent: string;
}

/** The rows that an order becomes once it is known which cluster takes which server. */
export interface ServerDraft {
  servers: NewServer[];
  /** The networks of those that have others than one logical one. */
  nics: NewServerNic[];
  /** The task that stands for the whole order. */
  task: NewTask;
  /** The task, and for a batch its children. */
  tasks: NewTask[];
}

export function orderOf(
  order: Pick<ServerOrder, 'projectId' | 'request' | 'resolved' | 'keyPairId' | 'traceId' | 'traceparent'>,
): ServerOrder {
  const { name, count } = order.request;
  return {
    ...order,
    serverIds: Array.from({ length: count }, () => newId()),
    names: serverNames(name, count),
  };
}

/** What the order wants of networks. */
export function nicWishOf({ request, resolved, serverIds, projectId, ...trace }: ServerOrder): NicWish {
  const { traceId, traceparent } = trace;
  const origin = { projectId, traceId, traceparent };
  return { serverIds, nics: resolved.nics, preemptible: request.preemptible ?? false, origin };
}

export function placementOf(
  { request, resolved, serverIds }: ServerOrder,
  part: AddressPart = {},
): PlacementRequest {
  return {
    ...part,
    serverIds,
    ...(request.minCount === undefined ? {} : { minCount: request.minCount }),
    flavor: resolved.flavor,
    image: resolved.image,
    networks: resolved.nics.flatMap((nic) => (isVpcNic(nic) ? [] : [nic.network])),
    securityGroups: resolved.securityGroups,
    ...(request.placement ? { placement: request.placement } : {}),
  };
}

export function draftOf(order: ServerOrder, placed: Placed, taken: readonly NewServerNic[]): ServerDraft {
  const groups = new Map(placed.assignments.map((a) => [a.serverId, a]));
  const parentId = order.request.count > 1 ? newId() : undefined;
  const servers: NewServer[] = [];
  const tasks: NewTask[] = [];
  order.serverIds.forEach((id, index) => {
    const assignment = groups.get(id);
    if (!assignment) return;
    const task = creationOf(
      order,
      { id, clusterId: assignment.clusterId },
      assignment.conductorGroup,
      parentId,
    );
    tasks.push(task);
    servers.push(rowOf(order, id, order.names[index] ?? '', assignment.clusterId, task.id));
  });
  const [first] = tasks;
  if (!first) throw new Error('a placed order has no assignment');
  const nics = onlyNetworkOf(order) === null ? [...taken] : [];
  if (parentId === undefined) return { servers, nics, task: first, tasks };
  const parent = parentOf(order, parentId, first.conductorGroup, tasks.length);
  return { servers, nics, task: parent, tasks: [parent, ...tasks] };
}

/** The id of the one logical network that is all that the servers have; it needs no rows of its own. */
function onlyNetworkOf({ resolved: { nics } }: ServerOrder): string | null {
  const [only] = nics;
  return nics.length === 1 && only && !isVpcNic(only) ? only.network.id : null;
}

function creationOf(
  order: ServerOrder,
  server: { id: string; clusterId: string },
  conductorGroup: string,
  parentId: string | undefined,
): NewTask {
  const input: ServerCreateInput = { server_id: server.id, cluster_id: server.clusterId, tried: [] };
  return {
    id: newId(),
    kind: SERVER_TASK.create,
    domain: COMPUTE_DOMAIN,
    conductorGroup,
    projectId: order.projectId,
    parentId,
    resource: { kind: 'server', id: server.id },
    input,
    traceId: order.traceId,
    traceparent: order.traceparent,
  };
}

function parentOf(order: ServerOrder, id: string, conductorGroup: string, childCount: number): NewTask {
  return {
    id,
    kind: SERVER_TASK.createMany,
    domain: COMPUTE_DOMAIN,
    conductorGroup,
    projectId: order.projectId,
    input: { count: childCount, name: order.request.name },
    traceId: order.traceId,
    traceparent: order.traceparent,
    childCount,
    minSucceeded: order.request.minCount,
  };
}

function rowOf(order: ServerOrder, id: string, name: string, clusterId: string, taskId: string): NewServer {
  const { request, resolved } = order;
  return {
    id,
    projectId: order.projectId,
    name,
    flavorId: resolved.flavor.id,
    imageId: resolved.image.id,
    networkId: onlyNetworkOf(order),
    preemptible: request.preemptible ?? false,
    keyPairId: order.keyPairId,
    userData: request.userData ?? null,
    metadata: request.metadata ?? {},
    securityGroups: resolved.securityGroups.map((group) => group.name),
    placement: request.placement ?? {},
    clusterId,
    taskId,
  };
}
