import type { ServerNic } from '@ultron/compute/server-nic/server-nic.entity';
import type { NicSpec } from '@ultron/compute/server-nic/server-nic.repository';
import type { ServerSpec } from '@ultron/compute/server/server-spec.repository';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Condition } from '@ultron/tasks/saga/condition';
import { waitFor, type Waiting } from '@ultron/tasks/saga/saga';
import type { Drift } from '@ultron/reconcile/finding/finding.kinds';
import { isFinal } from '@ultron/tasks/task/task.state';
import type { ComputeDeps } from '../conductor.deps.js';

type Deps = Pick<
  ComputeDeps,
  'database' | 'tasks' | 'serverNics' | 'addressAllocation' | 'portAddresses' | 'withdrawals' | 'findings'
>;

/** How long the end of a segment's building is waited for before it is looked at again. */
const BUILDING_MS = 30_000;
/** What stands between two tasks about the segment, or its rows, shows in a moment. */
const SOON_MS = 1_000;
/** A segment that is not there by then counts as one that the cluster cannot have: the server goes elsewhere. */
const MOST_TRIES = 120;

/**
 * Whether the server's addresses can be given to ports now: null, or what to wait for. An address that is not the
 * server's any more is replaced first.
 * @throws Fault `segment_not_built` (capacity): the server goes to another cluster.
 */
export async function awaitAddresses(
  deps: Deps,
  spec: ServerSpec,
  { tries }: { tries: number },
): Promise<Waiting | null> {
  for (const nic of spec.nics) {
    if (nic.vpcId === null) continue;
    if (isLost(nic, spec)) {
      const fault = await replaceAddress(deps, spec, nic, null);
      if (fault) throw fault;
      return waitFor({ on: 'time', afterMs: 0, what: `another address than ${nic.address}` });
    }
    const building = await segmentToCome(deps, spec, nic);
    if (!building) continue;
    if (tries > MOST_TRIES) throw notBuilt(spec, nic, 'is not built in time');
    return waitFor(building);
  }
  return null;
}

/** The plan does not hold the address for the server any more, or took the segment from its cluster. */
const isLost = (nic: NicSpec, { clusterId }: ServerSpec): boolean =>
  nic.held === null || nic.segmentClusterId !== clusterId;

async function segmentToCome(deps: Deps, spec: ServerSpec, nic: NicSpec): Promise<Condition | null> {
  if (nic.segmentState === 'error') throw notBuilt(spec, nic, 'could not be built');
  const built = nic.openstackSubnetId !== null && nic.openstackNetworkId !== null;
  if (built && nic.segmentState !== 'reserved' && nic.segmentState !== 'creating') return null;
  const what = `the segment of ${nic.address} to be built in ${spec.clusterName}`;
  const task = nic.segmentTaskId === null ? null : await deps.tasks.find(nic.segmentTaskId);
  if (!task || isFinal(task.status) || task.status === 'stuck') return { on: 'time', afterMs: SOON_MS, what };
  return { on: 'task', taskId: task.id, timeoutMs: BUILDING_MS, what };
}

/** Its category sends the server to another cluster. */
function notBuilt(spec: ServerSpec, nic: NicSpec, what: string): Fault {
  return new Fault({
    code: 'segment_not_built',
    category: 'capacity',
    detail: `The segment of ${nic.address} ${what} in ${spec.clusterName}.`,
    retryable: false,
    whoCanFix: 'cluster',
    extra: { segment_id: nic.segmentId },
  });
}

/**
 * Gives the server another address in the same cluster, in one transaction; the old one is left to who has it. Repeating
 * it changes nothing. Returns why it cannot be done.
 */
export async function replaceAddress(
  deps: Deps,
  spec: ServerSpec,
  nic: NicSpec,
  holder: PortWire | null,
): Promise<Fault | null> {
  return deps.database.transaction(async (tx) => {
    const [now] = (await deps.serverNics.lock(tx, spec.id)).filter(
      ({ position }) => position === nic.position,
    );
    if (!now || now.reservationId !== nic.reservationId || now.vpcId === null) return null;
    await deps.portAddresses.release(tx, { reservationId: now.reservationId, fixedIps: [] });
    const { vpcId, address } = now;
    if (holder && address !== null) {
      const { clusterId } = spec;
      await deps.withdrawals.takeOutIn(tx, {
        vpcId,
        clusterId,
        address,
        purpose: 'foreign',
        portId: holder.id,
      });
      await deps.findings.report(tx, clusterId, [foreignPort(spec, { ...now, address }, holder)]);
    }
    if (now.addressAsked && holder) return asked(spec, nic, holder);
    const failed = await take(tx, deps, spec, { ...now, vpcId });
    return failed && now.addressAsked ? asked(spec, nic, null) : failed;
  });
}

/** What people are shown: a port that is not Ultron's sits on a segment of the plan. */
function foreignPort(
  { projectId, name, id }: ServerSpec,
  { vpcId, segmentId, address }: { vpcId: string | null; segmentId: string | null; address: string },
  holder: PortWire,
): Drift {
  return {
    kind: 'foreign_port_on_segment',
    subject: { kind: 'port', id: holder.id },
    projectId,
    openstackId: holder.id,
    evidence: {
      ...{ address, vpc_id: vpcId, segment_id: segmentId, device_owner: holder.device_owner },
      ...{ port_name: holder.name, refused_to: { server_id: id, server: name } },
    },
    proposal: null,
  };
}

async function take(
  tx: Transaction,
  deps: Deps,
  spec: ServerSpec,
  nic: Pick<ServerNic, 'position' | 'subnetId' | 'subnetAsked' | 'address' | 'addressAsked'> & {
    vpcId: string;
  },
): Promise<Fault | null> {
  const reservationId = newId();
  const [outcome] = await deps.addressAllocation.allocate(tx, [
    {
      reservationId,
      vpcId: nic.vpcId,
      clusterId: spec.clusterId,
      count: 1,
      ...(nic.subnetAsked && nic.subnetId !== null ? { subnetId: nic.subnetId } : {}),
      ...(nic.addressAsked && nic.address !== null ? { fixed: [nic.address] } : {}),
      ...(spec.preemptible ? { preemptible: true } : { coming: true }),
    },
  ]);
  const [address] = outcome?.ok ? outcome.result.addresses : [];
  if (!address) return noOther(spec, outcome && !outcome.ok ? outcome.error : undefined);
  const { subnetId, segmentId } = address;
  await deps.serverNics.setAddress(tx, {
    ...{ serverId: spec.id, position: nic.position, subnetId, segmentId, reservationId },
    address: address.address,
  });
  return null;
}

/** Its category sends the server to another cluster. */
function noOther(spec: ServerSpec, error: unknown): Fault {
  const why = error instanceof Fault ? error.message : 'it has none left';
  return new Fault({
    code: 'cluster_addresses_exhausted',
    category: 'capacity',
    detail: `${spec.clusterName} has no other address for server ${spec.name}: ${why}`,
    retryable: false,
    whoCanFix: 'operator',
  });
}

/** The caller wished this very address: no other one will do, and no other cluster has it. */
function asked(spec: ServerSpec, nic: NicSpec, holder: PortWire | null): Fault {
  const who = holder
    ? `a port of ${spec.clusterName} that is not Ultron's has it (${holder.id})`
    : 'it is not held for the server any more';
  return new Fault({
    code: 'fixed_address_taken',
    category: 'conflict',
    detail: `${nic.address} cannot be given to server ${spec.name}: ${who}.`,
    retryable: false,
    whoCanFix: 'operator',
    extra: { address: nic.address, port_id: holder?.id ?? null },
  });
}

/** The cluster has the port: its address is the port's. In the transaction that records the port. */
export async function bindAddresses(
  tx: Transaction,
  deps: Pick<Deps, 'portAddresses'>,
  { reservationId, address }: NicSpec,
  openstackId: string,
): Promise<void> {
  if (reservationId === null || address === null) return;
  const fixedIps = [{ subnet_id: '', ip_address: address }];
  await deps.portAddresses.bind(tx, { reservationId, fixedIps }, openstackId);
}

/** The cluster says that the ports are gone: the addresses cool before they are free. */
export async function releaseAddresses(
  tx: Transaction,
  deps: Pick<Deps, 'serverNics' | 'portAddresses'>,
  serverId: string,
): Promise<void> {
  for (const reservationId of await deps.serverNics.reservationsOf(tx, serverId))
    await deps.portAddresses.release(tx, { reservationId, fixedIps: [] });
}

/**
 * Lets addresses cool of which no port is known. One that is bound stays: whoever gave the task up may have left its
 * port behind, which the deletion of the server removes.
 */
export async function releaseUntold(
  tx: Transaction,
  deps: Pick<Deps, 'serverNics' | 'portAddresses'>,
  serverId: string,
): Promise<void> {
  for (const reservationId of await deps.serverNics.reservationsOf(tx, serverId, 'reserved'))
    await deps.portAddresses.release(tx, { reservationId, fixedIps: [] });
}
