import type { NicSpec } from '@ultron/compute/server-nic/server-nic.repository';
import type { ServerCreateInput } from '@ultron/compute/server/server-task';
import type { ServerSpec } from '@ultron/compute/server/server-spec.repository';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import { done, waitFor, type StepResult, type UndoContext } from '@ultron/tasks/saga/saga';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ComputeDeps } from '../conductor.deps.js';
import { createPort, deletePorts, listPorts, portOwner, removePorts } from '../network/server-ports.js';
import { portName } from './owner-mark.rules.js';
import { awaitAddresses, bindAddresses, releaseAddresses, replaceAddress } from './server-addresses.js';
import { findHolder } from './foreign-port.js';
import type { CreateStep, MadePorts } from './server-create.types.js';
import { ask, mayHaveHappened, settle } from './server-create-tries.js';
import { requireOwn, specOf } from './server-spec.js';

type Step = CreateStep<object>;

/** Neutron says that an address is taken; by which of the ports is found out afterwards. */
class AddressTaken extends Error {
  constructor(readonly nic: NicSpec) {
    super(`${nic.address} is taken`);
  }
}

/** A port on each network of the server, so that its addresses are known and recorded before it is made. */
export async function makePorts(step: Step): Promise<StepResult<MadePorts>> {
  const { deps, input, signal } = step;
  const spec = await specOf(deps, input);
  requireOwn(spec, step.taskId);
  if (spec.status === 'error') await promiseAgain(deps, spec);
  const notYet = await awaitAddresses(deps, spec, step);
  if (notYet) return notYet;
  const doubtful = mayHaveHappened(step, 'port');
  const found = doubtful ? await listPorts(deps, portOwner(spec), signal) : [];
  if (step.inDoubt && doubtful && found.length < spec.nics.length)
    return settle(`the ports of ${spec.name}, which may have been asked for`);
  try {
    const made = await Promise.all(spec.nics.map((nic) => makePort(step, spec, nic, { found, doubtful })));
    const output = { port_ids: made.map(({ id }) => id), doubtful };
    return done(output, (tx) => recordPorts(tx, deps, spec, made));
  } catch (error) {
    if (error instanceof AddressTaken) return takeAnother(step, spec, error.nic);
    throw error;
  }
}

/** It was given up, and with it its share of the cluster; an operator lets it begin anew. */
async function promiseAgain(deps: ComputeDeps, { id: serverId, clusterId }: ServerSpec): Promise<void> {
  const server = await deps.servers.find(deps.database.read, serverId);
  const flavor = server?.flavorId ? (await deps.offers.current()).flavors.get(server.flavorId) : null;
  if (!flavor) return;
  const { vcpus, ramMb, diskGb } = flavor;
  await deps.database.transaction((tx) =>
    deps.scheduler.promiseAgain(tx, { serverId, clusterId, vcpus, ramMb, diskGb }),
  );
}

async function makePort(
  step: Step,
  spec: ServerSpec,
  nic: NicSpec,
  { found, doubtful }: { found: readonly PortWire[]; doubtful: boolean },
): Promise<PortWire> {
  const name = portName(spec.id, nic.position);
  const own = found.find((port) => port.name === name && hasAddress(port, nic));
  if (own) return own;
  // Of several that are asked for at once one may be made and another one not: then all have to be looked for.
  const single = spec.nics.length === 1;
  const create = () => createPort(step.deps, spec, nic, step.signal);
  try {
    return await (single ? ask(step, 'port', doubtful, create) : create());
  } catch (error) {
    if (nic.address !== null && saysTaken(error)) throw new AddressTaken(nic);
    throw error;
  }
}

const hasAddress = (port: PortWire, { address }: NicSpec): boolean =>
  address === null || port.fixed_ips.some(({ ip_address }) => ip_address === address);

/** `IpAddressAlreadyAllocated` (409), and `IpAddressInUse` of older releases. */
function saysTaken(error: unknown): boolean {
  if (!(error instanceof OpenStackError) || error.kind !== 'conflict') return false;
  return error.code === 'IpAddressAlreadyAllocated' || error.code === 'IpAddressInUse';
}

/** The address belongs to somebody whom the plan does not know: the plan leaves it to him, the server gets another. */
async function takeAnother(step: Step, spec: ServerSpec, nic: NicSpec): Promise<StepResult<never>> {
  const { deps, signal } = step;
  const holder = await findHolder(deps, spec.clusterId, nic, signal);
  // Gone again, or our own of an earlier try that shows only now.
  if (!holder || holder.name === portName(spec.id, nic.position))
    return settle(`who has ${nic.address} in ${spec.clusterName}`);
  const fault = await replaceAddress(deps, spec, nic, holder);
  if (fault) throw fault;
  return waitFor({ on: 'time', afterMs: 0, what: `another address than ${nic.address}` });
}

async function recordPorts(
  tx: Transaction,
  deps: ComputeDeps,
  spec: ServerSpec,
  made: readonly PortWire[],
): Promise<void> {
  for (const [position, port] of made.entries()) {
    const nic = spec.nics[position];
    if (!nic) throw new RangeError('every port is on a network of the server');
    await deps.ports.record(tx, {
      serverId: spec.id,
      clusterId: spec.clusterId,
      networkId: nic.networkId,
      openstackId: port.id,
      macAddress: port.mac_address,
      fixedIps: port.fixed_ips,
      status: port.status,
      projectId: spec.projectId,
      name: spec.name,
      vpcId: nic.vpcId,
      subnetId: nic.subnetId,
      segmentId: nic.segmentId,
      reservationId: nic.reservationId,
      revisionNumber: port.revision_number ?? null,
    });
    await bindAddresses(tx, deps, nic, port.id);
  }
}

export async function undoPorts(
  step: UndoContext<ComputeDeps, ServerCreateInput, object, MadePorts>,
): Promise<StepResult<void>> {
  const { deps, input, signal, output } = step;
  if (output === undefined && step.inDoubt) return settle('ports that may have been asked for');
  const spec = await specOf(deps, input);
  if (output) await deletePorts(deps, input.cluster_id, output.port_ids, signal);
  if (!output || output.doubtful) await removePorts(deps, portOwner(spec), signal);
  return done(undefined, async (tx) => {
    await deps.ports.markDeleted(tx, input.server_id, input.cluster_id);
    await releaseAddresses(tx, deps, input.server_id);
  });
}
