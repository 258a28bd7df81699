import { systemClock } from '@ultron/kernel/clock';
import { Fault } from '@ultron/kernel/fault';
import { failureOf } from '@ultron/openstack/compute/instance-actions';
import type { AnyServer } from '@ultron/openstack/compute/servers';
import type { ServerFaultWire } from '@ultron/openstack/compute/servers.wire';
import { orNull } from '@ultron/openstack/error/gone';
import type { ComputeDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';

/** What Nova says when no host, or no cell, could take the server. */
const NO_ROOM =
  /no valid host|novalidhost|exceeded max(imum number of)? (scheduling|build|retries)|MaxRetriesExceeded|insufficient .*resources|not enough .*(memory|resources|space)|no allocation candidates|ComputeResourcesUnavailable/i;
const NO_QUOTA = /quota exceeded|OverQuota|exceeds? .*quota/i;
const QUESTIONS = 4;
const BETWEEN_QUESTIONS_MS = 500;

/** Why a server of ours is in ERROR, as a fault of the task that made or changed it. */
export function faultOfServer(
  cluster: string,
  fault: Pick<ServerFaultWire, 'message' | 'code'> | undefined,
  action: { message: string | null; requestId: string | null },
): Fault {
  const message = [fault?.message, action.message].filter((text) => text).join('; ');
  const text = message || 'the cluster does not say why';
  const category = NO_ROOM.test(text) ? 'capacity' : NO_QUOTA.test(text) ? 'quota' : 'unavailable';
  return new Fault({
    code:
      category === 'capacity' ? 'no_valid_host' : category === 'quota' ? 'openstack_quota' : 'server_failed',
    category,
    detail: `${cluster}: the server went to ERROR: ${text}.`,
    // The cluster has decided; asking the same of it again at once gives the same.
    retryable: false,
    whoCanFix: category === 'quota' ? 'operator' : 'cluster',
    extra: {
      openstack: { cluster, service: 'compute', code: fault?.code ?? null, request_id: action.requestId },
    },
  });
}

/** Asks the cluster why a server is in ERROR: its fault, and what the last action on it says. */
export async function explainServer(
  deps: Pick<ComputeDeps, 'clouds'>,
  where: { clusterId: string; clusterName: string; openstackId: string },
  signal: AbortSignal,
): Promise<Fault> {
  const cloud = await deps.clouds.get(where.clusterId);
  const server = await onceExplained(
    () => cloud.compute.servers.find(where.openstackId, callOptions(signal)),
    async () => {
      await systemClock.sleep(BETWEEN_QUESTIONS_MS, signal);
      signal.throwIfAborted();
    },
  );
  return faultOfServer(where.clusterName, faultIn(server), await lastFailure(deps, where, signal));
}

/**
 * The server as it is when its fault can be read, or when it has had time enough. Nova says that a server is in ERROR
 * before it has written why, and what is done next depends on the reason.
 */
export async function onceExplained(
  find: () => Promise<AnyServer | null>,
  pause: () => Promise<void>,
): Promise<AnyServer | null> {
  for (let question = 1; ; question += 1) {
    const server = await find();
    if (!server || faultIn(server)?.message || question === QUESTIONS) return server;
    await pause();
  }
}

const faultIn = (server: AnyServer | null): ServerFaultWire | undefined =>
  server && 'fault' in server ? server.fault : undefined;

/** What Nova recorded of an action on the server: the one begun by the request, else the last one that failed. */
export async function lastFailure(
  deps: Pick<ComputeDeps, 'clouds'>,
  where: { clusterId: string; openstackId: string },
  signal: AbortSignal,
  requestId?: string | null,
): Promise<{ message: string | null; requestId: string | null }> {
  const { instanceActions } = (await deps.clouds.get(where.clusterId)).compute;
  const call = callOptions(signal);
  const wanted = requestId ?? (await lastFailedRequest(deps, where, signal));
  const action = wanted ? await instanceActions.find(where.openstackId, wanted, call) : null;
  return { message: action ? failureOf(action) : null, requestId: wanted };
}

async function lastFailedRequest(
  deps: Pick<ComputeDeps, 'clouds'>,
  where: { clusterId: string; openstackId: string },
  signal: AbortSignal,
): Promise<string | null> {
  const { instanceActions } = (await deps.clouds.get(where.clusterId)).compute;
  // A server that is gone has no actions any more: then its fault is all there is.
  const actions = await orNull(instanceActions.list(where.openstackId, callOptions(signal)).all());
  const newestFirst = (actions ?? []).toSorted((a, b) => (a.start_time < b.start_time ? 1 : -1));
  return newestFirst.find((action) => action.message !== null)?.request_id ?? null;
}
