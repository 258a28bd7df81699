import { COMPUTE_DOMAIN, SERVER_TASK } from '@ultron/compute/server/server-task';
import type { Server } from '@ultron/compute/server/server.entity';
import { CHANGING, type ServerStatus } from '@ultron/compute/server/server.state';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { isKnown } from '@ultron/openstack/compute/servers';
import type { ServerWire } from '@ultron/openstack/compute/servers.wire';
import { holds } from '@ultron/reconcile/compare/compare.rules';
import { justSeen } from '@ultron/reconcile/intent/intent.source';
import { serverSource, TAKEN_OVER } from '@ultron/reconcile/intent/server.source';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import type { Transaction } from '@ultron/platform/database/transaction';
import { observedServer } from '../../compute/server.sync.js';
import {
  cellDown,
  mended,
  moot,
  type Repair,
  type RepairResult,
  type RepairScene,
  subjectBusy,
  wishOf,
} from './repair.js';

/** The server is gone from its cluster: it is deleted as if its owner had asked, with all that was held for it. */
export const forgetServer: Repair = async (scene) => {
  const { cloud, call } = scene;
  const server = await rowOf(scene);
  if (!server?.openstackId || server.status === 'deleted') return moot('there is no such server any more');
  if (CHANGING.has(server.status)) throw subjectBusy(`server ${server.name}`);
  const found = await cloud.compute.servers.find(server.openstackId, call);
  if (found && found.status !== 'DELETED') return moot('the cluster has it');
  const input = { server_id: server.id, cluster_id: server.clusterId, predecessor: null };
  return follow(scene, server, SERVER_TASK.delete, input, 'deleting', 'the server is recorded as deleted');
};

/** Tells the cluster name and metadata again. */
export const tellServer: Repair = async (scene) => {
  const { cloud, call } = scene;
  const server = await rowOf(scene);
  const wish = await wishOf(scene);
  if (!server || !wish) return moot('there is no such server any more');
  if (wish.busy) throw subjectBusy(`server ${server.name}`);
  const found = await cloud.compute.servers.find(wish.openstackId, call);
  if (!found) return moot('the cluster does not have it any more');
  if (!isKnown(found)) throw cellDown(wish.openstackId);
  const seen = justSeen(serverSource, observedServer(found), new Date());
  if (wish.expected.every((expected) => holds(expected, seen))) return moot('they agree');
  const input = { server_id: server.id, cluster_id: server.clusterId, name: server.name };
  return follow(scene, server, SERVER_TASK.update, input, null, 'name and metadata were told again');
};

const takenOver: Readonly<Record<string, ServerStatus>> = TAKEN_OVER;

/** How a server comes from one state of rest to another along the table of states. */
const BY_WAY_OF: Partial<Record<ServerStatus, ServerStatus>> = { stopped: 'stopping', active: 'starting' };

/** The row takes over whether the server runs. */
export const acceptState: Repair = async (scene) => {
  const { deps, cloud, call, taskId } = scene;
  const server = await rowOf(scene);
  if (!server?.openstackId || server.status === 'deleted') return moot('there is no such server any more');
  if (CHANGING.has(server.status)) throw subjectBusy(`server ${server.name}`);
  const found = await cloud.compute.servers.find(server.openstackId, call);
  if (!found || found.status === 'DELETED') return moot('the cluster does not have it any more');
  if (!isKnown(found)) throw cellDown(server.openstackId);
  if (found['OS-EXT-STS:task_state']) throw subjectBusy(`server ${server.name}, in its cluster,`);
  const to = takenOver[found.status];
  if (!to) throw noSuchState(found.status);
  if (to === server.status) return moot('they agree');
  return mended(`the server is recorded as ${to}`, async (tx) => {
    await lockIdle(scene, tx, server);
    await deps.servers.handTo(tx, server.id, taskId, BY_WAY_OF[to] ?? null);
    await deps.servers.move(tx, { id: server.id, taskId, to, fault: to === 'error' ? faultOf(found) : null });
  });
};

/** The row takes over the flavor that the server has in its cluster. */
export const acceptFlavor: Repair = async (scene) => {
  const { deps, cloud, call, taskId, place } = scene;
  const server = await rowOf(scene);
  if (!server?.openstackId || server.status === 'deleted') return moot('there is no such server any more');
  if (CHANGING.has(server.status)) throw subjectBusy(`server ${server.name}`);
  const found = await cloud.compute.servers.find(server.openstackId, call);
  if (!found || found.status === 'DELETED') return moot('the cluster does not have it any more');
  if (!isKnown(found)) throw cellDown(server.openstackId);
  if (found.status === 'VERIFY_RESIZE') throw subjectBusy(`the resize of server ${server.name}`);
  const name = found.flavor.original_name ?? '';
  const flavorId = await deps.repairFacts.flavorOf(deps.database.read, place.id, name);
  if (flavorId === null) throw unmapped(name);
  if (flavorId === server.flavorId) return moot('they agree');
  return mended('the flavor of the cluster was taken over', async (tx) => {
    await lockIdle(scene, tx, server);
    await deps.servers.handTo(tx, server.id, taskId, null);
    await deps.repairFacts.setFlavor(tx, server.id, flavorId);
  });
};

/** Writes a task of the server's own kind, which does it as ever, and waits for it. */
async function follow(
  scene: RepairScene,
  server: Server,
  kind: string,
  input: unknown,
  status: ServerStatus | null,
  what: string,
): Promise<RepairResult> {
  const { deps, place } = scene;
  const { traceId, traceparent } = currentContext() ?? newContext();
  const task: NewTask = {
    id: newId(),
    kind,
    domain: COMPUTE_DOMAIN,
    conductorGroup: place.conductorGroup,
    projectId: server.projectId,
    resource: { kind: 'server', id: server.id },
    input,
    traceId,
    traceparent,
  };
  return {
    kind: 'follow',
    what,
    task,
    persist: async (tx) => {
      await lockIdle(scene, tx, server);
      await deps.tasks.createMany(tx, [task]);
      await deps.servers.handTo(tx, server.id, task.id, status);
    },
  };
}

/** Nobody has begun anything with the server since it was read. */
async function lockIdle({ deps }: RepairScene, tx: Transaction, server: Server): Promise<void> {
  const now = await deps.servers.lock(tx, server.id);
  if (now?.version !== server.version || now.taskId !== server.taskId)
    throw subjectBusy(`server ${server.name}`);
}

const rowOf = ({ deps, finding }: RepairScene): Promise<Server | null> =>
  deps.servers.find(deps.database.read, finding.subjectId);

const faultOf = (server: ServerWire) =>
  new Fault({
    code: 'server_error_in_cluster',
    category: 'conflict',
    detail: server.fault?.message ?? 'The cluster shows the server in ERROR and does not say why.',
    whoCanFix: 'cluster',
  }).toRecord();

const noSuchState = (status: string): Fault =>
  new Fault({
    code: 'finding_not_repairable',
    category: 'conflict',
    detail: `Ultron has no state for a server that its cluster shows as ${status}.`,
    whoCanFix: 'operator',
  });

const unmapped = (flavor: string): Fault =>
  new Fault({
    code: 'finding_not_repairable',
    category: 'conflict',
    detail: `The flavor ${flavor} of the cluster is not mapped to one of Ultron's.`,
    whoCanFix: 'operator',
  });
