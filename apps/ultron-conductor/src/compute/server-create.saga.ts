import type { ServerCreateInput } from '@ultron/compute/server/server-task';
import { COMPUTE_DOMAIN, SERVER_TASK } from '@ultron/compute/server/server-task';
import type { ServerSpec } from '@ultron/compute/server/server-spec.repository';
import { Fault, type FaultRecord } from '@ultron/kernel/fault';
import type { ServerCreateWire } from '@ultron/openstack/compute/servers.wire';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import {
  done,
  NOTHING,
  saga,
  waitFor,
  type AfterUnwind,
  type Persist,
  type StepResult,
  type UndoContext,
} from '@ultron/tasks/saga/saga';
import type { ComputeDeps } from '../conductor.deps.js';
import { lacks } from '../network/server-ports.js';
import { callOptions } from '../openstack/call-options.js';
import { clusterHas } from '../openstack/cluster-features.js';
import { faultOfOpenStack } from '../openstack/openstack-fault.translate.js';
import { ensureKeyPair } from './key-pair-ensure.js';
import { OWNER_KEY, ownerTag } from './owner-mark.rules.js';
import { awaitBuilt } from './server-built.js';
import type { CreateStep, MadePorts, MadeServer } from './server-create.types.js';
import { makePorts, undoPorts } from './server-create-ports.js';
import { ask, mayHaveHappened, settle, SETTLE_MS } from './server-create-tries.js';
import { releaseUntold } from './server-addresses.js';
import { isWorthAnotherCluster, runElsewhere } from './server-failover.js';
import { listMarked } from './server-marks.js';
import { removeServer } from './server-removal.js';
import { specOf } from './server-spec.js';

type Deps = ComputeDeps;
type Step<Outputs> = CreateStep<Outputs>;

/** Makes a server in the cluster that the scheduler chose; goes on to another one when there is no room. */
export const serverCreate = saga<Deps, ServerCreateInput>(SERVER_TASK.create, COMPUTE_DOMAIN)
  .step('port', { do: makePorts, undo: undoPorts })
  .step('server', { do: makeServer, undo: undoServer })
  .step('active', { do: awaitBuilt, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => succeed(deps, input, taskId),
    unwound: ({ deps, input, taskId, fault, cancelled }) =>
      cancelled ? giveUp(deps, input, taskId, fault) : elsewhere(deps, input, taskId, fault),
  });

async function makeServer(step: Step<{ port: MadePorts }>): Promise<StepResult<MadeServer>> {
  const { deps, input, signal } = step;
  const spec = await specOf(deps, input);
  const doubtful = mayHaveHappened(step, 'server');
  const [found] = doubtful ? await listMarked(deps, spec, signal) : [];
  if (!found && doubtful && step.inDoubt) return settle(`server ${spec.name}, which may have been asked for`);
  const create = () => createServer(deps, spec, step.outputs.port.port_ids, signal);
  const openstackId = found?.id ?? (await ask(step, 'server', doubtful, create));
  return done({ openstack_id: openstackId, doubtful }, async (tx) => {
    await deps.servers.setOpenstackId(tx, spec.id, openstackId);
    await deps.servers.move(tx, { id: spec.id, taskId: step.taskId, to: 'building' });
  });
}

async function createServer(
  deps: Deps,
  spec: ServerSpec,
  portIds: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const keyName = await ensureKeyPair(deps, spec, signal);
  const cloud = await deps.clouds.get(spec.clusterId);
  const tagged = await clusterHas(deps, spec.clusterId, 'server_tags_at_create');
  const body = { ...bodyOf(spec, portIds, keyName), ...(tagged ? { tags: [ownerTag(spec.id)] } : {}) };
  try {
    return (await cloud.compute.servers.create(body, undefined, callOptions(signal))).id;
  } catch (error) {
    throw portInUse(error) ?? error;
  }
}

function bodyOf(spec: ServerSpec, portIds: readonly string[], keyName: string | undefined): ServerCreateWire {
  if (spec.openstackFlavorId === null) throw lacks(spec, 'flavor');
  if (spec.openstackImageId === null) throw lacks(spec, 'image');
  return {
    name: spec.name,
    flavorRef: spec.openstackFlavorId,
    imageRef: spec.openstackImageId,
    networks: portIds.map((port) => ({ port })),
    metadata: { ...spec.metadata, [OWNER_KEY]: spec.id },
    ...(keyName === undefined ? {} : { key_name: keyName }),
    ...(spec.userData === null ? {} : { user_data: spec.userData }),
  };
}

/** The port is taken by a server of an earlier try that does not show yet: look again, do not give up. */
function portInUse(error: unknown): Fault | null {
  if (!(error instanceof OpenStackError) || error.kind !== 'conflict') return null;
  const fault = faultOfOpenStack(error);
  return new Fault({
    ...fault.toRecord(),
    detail: fault.message,
    retryable: true,
    retryAfterMs: SETTLE_MS,
    cause: error,
  });
}

async function undoServer(
  step: UndoContext<Deps, ServerCreateInput, { port: MadePorts }, MadeServer>,
): Promise<StepResult<void>> {
  const { deps, input, signal, output } = step;
  const spec = await specOf(deps, input);
  // A list may lag behind, or leave out a cell that is down: what is known is deleted by its id.
  const known = output && (await removeServer(deps, spec, output.openstack_id, signal));
  const certain = output !== undefined && !output.doubtful;
  const left = known ?? (certain ? null : await removeServer(deps, spec, null, signal));
  if (left) return waitFor(left);
  if (!output && step.inDoubt) return settle(`server ${spec.name}, which may have been asked for`);
  return done(undefined, (tx) => deps.servers.setOpenstackId(tx, spec.id, null));
}

async function succeed(deps: Deps, input: ServerCreateInput, taskId: string): Promise<Persist> {
  return async (tx) => {
    await deps.servers.move(tx, { id: input.server_id, taskId, to: 'active' });
    await deps.ports.setStatus(tx, [input.server_id], 'ACTIVE');
    await deps.scheduler.settle(tx, [input.server_id]);
  };
}

async function elsewhere(
  deps: Deps,
  input: ServerCreateInput,
  taskId: string,
  fault: FaultRecord,
): Promise<AfterUnwind<ServerCreateInput>> {
  if (!isWorthAnotherCluster(fault)) return giveUp(deps, input, taskId, fault);
  const next = await runElsewhere(deps, { id: taskId, input, fault });
  return next instanceof Fault
    ? giveUp(deps, input, taskId, { ...fault, explain: next.extra['explain'] })
    : next;
}

async function giveUp(
  deps: Deps,
  input: ServerCreateInput,
  taskId: string,
  fault: FaultRecord,
): Promise<AfterUnwind<ServerCreateInput>> {
  const persist: Persist = async (tx) => {
    await deps.scheduler.release(tx, [input.server_id]);
    await releaseUntold(tx, deps, input.server_id);
    await deps.servers.move(tx, { id: input.server_id, taskId, to: 'error', fault });
  };
  return { kind: 'give_up', persist };
}
