import { Fault } from '@ultron/kernel/fault';
import type { AnyServer } from '@ultron/openstack/compute/servers';
import { done, waitFor, type StepResult } from '@ultron/tasks/saga/saga';
import { portOwner, removePorts } from '../network/server-ports.js';
import { callOptions } from '../openstack/call-options.js';
import { serverCondition } from './server-conditions.js';
import type { CreateStep, MadePorts, MadeServer } from './server-create.types.js';
import { explainServer } from './server-fault.translate.js';
import { removeSurplus } from './server-removal.js';
import { specOf } from './server-spec.js';

type Step = CreateStep<{ port: MadePorts; server: MadeServer }>;

/** How long the watcher is trusted before the server is asked for by its id. */
const LOOK_MS = 60_000;
/** A server that is still building after so long is taken for stuck; it goes elsewhere. */
const BUILD_MS = 30 * 60_000;

/** Waits until the server left BUILD, and makes sure that it is the only one. */
export async function awaitBuilt(step: Step): Promise<StepResult<{ status: string }>> {
  if (step.tries === 0 && !step.inDoubt) return waitBuilt(step);
  const seen = await lookAt(step);
  switch (seen) {
    case 'ACTIVE':
      await removeDoubles(step);
      return done({ status: seen });
    case 'ERROR':
      throw await explain(step);
    case null:
    case 'DELETED':
    case 'SOFT_DELETED':
      throw vanished(step);
    default:
      await checkAge(step);
      return waitBuilt(step);
  }
}

function waitBuilt({ input, outputs }: Step): StepResult<never> {
  return waitFor(
    serverCondition({
      clusterId: input.cluster_id,
      openstackId: outputs.server.openstack_id,
      until: { built: true },
      timeoutMs: LOOK_MS,
      what: 'the server to become ACTIVE in its cluster',
    }),
  );
}

/** The status that the watcher wrote down when it saw the end; else the cluster is asked. Null: there is none. */
async function lookAt(step: Step): Promise<string | null> {
  const { deps, input, outputs, signal } = step;
  const row = await deps.servers.find(deps.database.read, input.server_id);
  const ours = row?.openstackId === outputs.server.openstack_id;
  if (ours && row.observedStatus === 'ACTIVE' && row.observedTaskState === null) return 'ACTIVE';
  if (ours && row.observedStatus === 'ERROR') return 'ERROR';
  const cloud = await deps.clouds.get(input.cluster_id);
  const server = await cloud.compute.servers.find(outputs.server.openstack_id, callOptions(signal));
  return server && settledStatus(server);
}

/** A task still at work on an ACTIVE server counts as BUILD. */
function settledStatus(server: AnyServer): string {
  const taskState = 'OS-EXT-STS:task_state' in server ? server['OS-EXT-STS:task_state'] : null;
  return server.status === 'ACTIVE' && taskState ? 'BUILD' : server.status;
}

/** An answer that was lost may have left a second server or port: what came of it shows by now. */
async function removeDoubles({ deps, input, outputs, signal }: Step): Promise<void> {
  if (!outputs.server.doubtful && !outputs.port.doubtful) return;
  const spec = await specOf(deps, input);
  await removeSurplus(deps, spec, outputs.server.openstack_id, signal);
  await removePorts(deps, portOwner(spec), signal, outputs.port.port_ids);
}

async function explain({ deps, input, outputs, signal }: Step): Promise<Fault> {
  const spec = await specOf(deps, input);
  const where = {
    clusterId: spec.clusterId,
    clusterName: spec.clusterName,
    openstackId: outputs.server.openstack_id,
  };
  return explainServer(deps, where, signal);
}

function vanished({ outputs }: Step): Fault {
  return new Fault({
    code: 'server_gone_while_building',
    category: 'conflict',
    detail: `The server ${outputs.server.openstack_id} was deleted in its cluster while it was built; not by Ultron.`,
    whoCanFix: 'operator',
  });
}

async function checkAge({ tries }: Step): Promise<void> {
  if (tries * LOOK_MS < BUILD_MS) return;
  throw new Fault({
    code: 'build_timeout',
    category: 'capacity',
    detail: `The cluster has not finished building the server within ${BUILD_MS / 60_000} minutes.`,
    whoCanFix: 'cluster',
  });
}
