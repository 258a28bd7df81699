import type { ServerSpec } from '@ultron/compute/server/server-spec.repository';
import type { Condition } from '@ultron/tasks/saga/condition';
import type { ComputeDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';
import { serverCondition } from './server-conditions.js';
import { listMarked } from './server-marks.js';

type Deps = Pick<ComputeDeps, 'clouds'>;
type Where = Pick<ServerSpec, 'id' | 'name' | 'clusterId'>;

/** Nova waits 60 s for a cell that is down; a deletion that takes longer than this is asked for again. */
const DELETION_MS = 60_000;

/**
 * One step towards there being no server: null when the cluster knows none any more, else what to wait for before
 * calling again. Without an id the server is looked for by its mark.
 */
export async function removeServer(
  deps: Deps,
  spec: Where,
  openstackId: string | null,
  signal: AbortSignal,
): Promise<Condition | null> {
  const ids =
    openstackId === null ? (await listMarked(deps, spec, signal)).map(({ id }) => id) : [openstackId];
  let left: string | undefined;
  for (const id of ids) if (await deleteAndLook(deps, spec.clusterId, id, signal)) left ??= id;
  if (left === undefined) return null;
  return serverCondition({
    clusterId: spec.clusterId,
    openstackId: left,
    until: { gone: true },
    timeoutMs: DELETION_MS,
    what: `server ${spec.name} to be gone from its cluster`,
  });
}

/** Deletes every server that bears the mark but is not the one to keep; they go in their own time. */
export async function removeSurplus(
  deps: Deps,
  spec: Where,
  keep: string,
  signal: AbortSignal,
): Promise<void> {
  const cloud = await deps.clouds.get(spec.clusterId);
  for (const server of await listMarked(deps, spec, signal)) {
    if (server.id !== keep) await cloud.compute.servers.delete(server.id, callOptions(signal));
  }
}

/** Whether the server is still there after it was asked to go. */
async function deleteAndLook(
  deps: Deps,
  clusterId: string,
  id: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { servers } = (await deps.clouds.get(clusterId)).compute;
  const call = callOptions(signal);
  const found = await servers.find(id, call);
  if (!found || found.status === 'DELETED') return false;
  // Where Nova keeps deleted servers for a while, only this ends them.
  if (found.status === 'SOFT_DELETED') await servers.act(id, { forceDelete: null }, call);
  else if (!isBeingDeleted(found)) return servers.delete(id, call);
  return true;
}

const isBeingDeleted = (server: object): boolean =>
  'OS-EXT-STS:task_state' in server && server['OS-EXT-STS:task_state'] === 'deleting';
