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
import { createPort, deletePorts, lacks, listPorts, removePorts } from '../network/server-ports.js';
import { callOptions } from '../openstack/call-options.js';
import { clusterHas } from '../openstack/cluster-features.js';
import { faultOfOpenStack } from '../openstack/openstack-fault.translate.js';
import { ensureKeyPair } from './key-pair-ensure.js';
import { OWNER_KEY, ownerTag } from './owner-mark.rules.js';
import { awaitBuilt } from './server-built.js';
import type { CreateStep, MadePort, MadeServer } from './server-create.types.js';
import { isWorthAnotherCluster, runElsewhere } from './server-failover.js';
import { listMarked } from './server-marks.js';
import { removeServer } from './server-removal.js';
import { requireOwn, specOf } from './server-spec.js';

type Deps = ComputeDeps;
type Step<Outputs> = CreateStep<Outputs>;

/** A request that was sent may still be on its way when its sender is long dead: it gets this long to show. */
const SETTLE_MS = 2_000;

/** Makes a server in the cluster that the scheduler chose; goes on to another one when there is no room. */
export const serverCreate = saga<Deps, ServerCreateInput>(SERVER_TASK.create, COMPUTE_DOMAIN)
  .step('port', { do: makePort, undo: undoPort })
  .step('server', { do: makeServer, undo: undoServer })
  .step('active', { do: awaitBuilt, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => succeed(deps, input, taskId),
    unwound: ({ deps, input, taskId, fault, cancelled }) =>
      cancelled ? giveUp(deps, input, taskId, fault) : elsewhere(deps, input, taskId, fault),
  });

async function makePort(step: Step<object>): Promise<StepResult<MadePort>> {
  const { deps, input, signal } = step;
  const spec = await specOf(deps, input);
  requireOwn(spec, step.taskId);
  const doubtful = mayHaveHappened(step, 'port');
  const [found] = doubtful ? await listPorts(deps, spec.clusterId, spec.id, signal) : [];
  if (!found && doubtful && step.inDoubt)
    return settle(`the port of ${spec.name}, which may have been asked for`);
  const port = found ?? (await ask(step, 'port', doubtful, () => createPort(deps, spec, signal)));
  return done({ port_id: port.id, doubtful }, (tx) =>
    deps.ports.record(tx, {
      serverId: spec.id,
      clusterId: spec.clusterId,
      networkId: spec.networkId,
      openstackId: port.id,
      macAddress: port.mac_address,
      fixedIps: port.fixed_ips,
      status: port.status,
    }),
  );
}

async function undoPort(
  step: UndoContext<Deps, ServerCreateInput, object, MadePort>,
): Promise<StepResult<void>> {
  const { deps, input, signal } = step;
  if (step.output === undefined && step.inDoubt) return settle('a port that may have been asked for');
  const { output } = step;
  if (output) await deletePorts(deps, input.cluster_id, [output.port_id], signal);
  if (!output || output.doubtful) await removePorts(deps, input.cluster_id, input.server_id, signal);
  return done(undefined, (tx) => deps.ports.markDeleted(tx, input.server_id, input.cluster_id));
}

async function makeServer(step: Step<{ port: MadePort }>): Promise<StepResult<MadeServer>> {
  const { deps, input, signal } = step;
  const spec = await specOf(deps, input);
  const doubtful = mayHaveHappened(step, 'server');
  const [found] = doubtful ? await listMarked(deps, spec, signal) : [];
  if (!found && doubtful && step.inDoubt) return settle(`server ${spec.name}, which may have been asked for`);
  const create = () => createServer(deps, spec, step.outputs.port.port_id, signal);
  const openstackId = found?.id ?? (await ask(step, 'server', doubtful, create));
  return done({ openstack_id: openstackId, doubtful }, async (tx) => {
    await deps.servers.setOpenstackId(tx, spec.id, openstackId);
    await deps.servers.move(tx, { id: spec.id, taskId: step.taskId, to: 'building' });
  });
}

async function createServer(
  deps: Deps,
  spec: ServerSpec,
  portId: string,
  signal: AbortSignal,
): Promise<string> {
  const keyName = await ensureKeyPair(deps, spec, signal);
  const cloud = await deps.clouds.get(spec.clusterId);
  const tagged = await clusterHas(deps, spec.clusterId, 'server_tags_at_create');
  const body = { ...bodyOf(spec, portId, keyName), ...(tagged ? { tags: [ownerTag(spec.id)] } : {}) };
  try {
    return (await cloud.compute.servers.create(body, undefined, callOptions(signal))).id;
  } catch (error) {
    throw portInUse(error) ?? error;
  }
}

function bodyOf(spec: ServerSpec, portId: string, keyName: string | undefined): ServerCreateWire {
  if (spec.openstackFlavorId === null) throw lacks(spec, 'flavor');
  if (spec.openstackImageId === null) throw lacks(spec, 'image');
  return {
    name: spec.name,
    flavorRef: spec.openstackFlavorId,
    imageRef: spec.openstackImageId,
    networks: [{ port: portId }],
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
  step: UndoContext<Deps, ServerCreateInput, { port: MadePort }, MadeServer>,
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

/** Whether an earlier try may have made what this one is to make: then it is looked for first. */
function mayHaveHappened({ deps, taskId, epoch, inDoubt, tries }: Step<object>, what: string): boolean {
  return (inDoubt || tries > 0) && !deps.refusals.take({ taskId, what, epoch });
}

/** A try after one that may have had its effect settles nothing by failing for certain itself. */
function ask<T>(step: Step<object>, what: string, doubtful: boolean, make: () => Promise<T>): Promise<T> {
  const { deps, taskId, epoch } = step;
  return doubtful ? make() : deps.refusals.watch({ taskId, what, epoch }, make);
}

const settle = (what: string) => waitFor({ on: 'time', afterMs: SETTLE_MS, what: `${what}, to show` });

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
    await deps.servers.move(tx, { id: input.server_id, taskId, to: 'error', fault });
  };
  return { kind: 'give_up', persist };
}
