import type { AdoptedRow, Adoption } from '@ultron/reconcile/adoption/adoption.entity';
import { ADOPTION_TASK, type AdoptInput } from '@ultron/reconcile/adoption/adoption.task';
import { RECONCILE_DOMAIN } from '@ultron/reconcile/finding/repair.task';
import { pauseAfter } from '@ultron/reconcile/policy/repair-pause.rules';
import { newId } from '@ultron/kernel/id';
import { Fault } from '@ultron/kernel/fault';
import type { Transaction } from '@ultron/platform/database/transaction';
import {
  type Done,
  done,
  saga,
  type StepContext,
  type StepResult,
  type UndoContext,
} from '@ultron/tasks/saga/saga';
import type { ConductorDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';
import { putMark, takeMark } from './adoption.mark.js';
import { adopteeGone, adopteeOurs, readPort, readServer } from './adoption.reader.js';
import { takeRowsAway } from './adoption.undo.js';
import type { NewServerNic } from '@ultron/compute/server-nic/server-nic.repository';
import type {
  HeldPlace,
  LinkedPort,
  NetworkPlace,
  PortToAdopt,
} from '@ultron/reconcile/adoption/adoption.rows';

type Step<Outputs = object> = StepContext<ConductorDeps, AdoptInput, Outputs>;

interface Adopted {
  /** What was adopted, and then what came with it. */
  rows: AdoptedRow[];
  /** A network that was given up before: its name did not map it. */
  held?: boolean;
}

/** Takes over what Ultron did not make. In the cluster nothing changes but, where it is wished for, the mark. */
export const adoptionAdopt = saga<ConductorDeps, AdoptInput>(ADOPTION_TASK.adopt, RECONCILE_DOMAIN)
  .step('rows', { do: makeRows, undo: dropRows })
  .step('mark', { do: mark, undo: unmark })
  .ends({
    succeeded: async ({ deps, input, taskId, outputs }) => {
      const { rows } = outputs.rows;
      return async (tx) => {
        await deps.adoptions.adopted(tx, { id: input.adoption_id, taskId, rows });
        const [subject] = rows;
        if (subject?.openstack_id) await resolveOrphan(deps, tx, input.cluster_id, subject);
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => {
      const adoption = await deps.adoptions.find(deps.database.read, input.adoption_id);
      const afterMs = pauseAfter((adoption?.failures ?? 0) + 1);
      return {
        kind: 'give_up',
        persist: (tx) => deps.adoptions.failed(tx, { id: input.adoption_id, taskId, fault, afterMs }),
      };
    },
  });

/** A task that is let begin anew finds its adoption failed. */
async function makeRows(step: Step): Promise<StepResult<Adopted>> {
  const { deps, taskId, input } = step;
  const made = await rowsOf(step, await adoptionOf(step));
  return done(made.output, async (tx) => {
    await deps.adoptions.move(tx, { id: input.adoption_id, taskId, to: 'requested' });
    await made.persist?.(tx);
  });
}

async function rowsOf(step: Step, adoption: Adoption): Promise<Done<Adopted>> {
  if (adoption.subjectKind === 'server') return serverRows(step, adoption);
  return adoption.subjectKind === 'port' ? portRows(step, adoption) : networkRows(step, adoption);
}

async function serverRows({ deps, signal }: Step, adoption: Adoption): Promise<Done<Adopted>> {
  const cloud = await deps.clouds.get(adoption.clusterId);
  await requireUnclaimed(deps, 'server', adoption);
  const read = await readServer(cloud, adoption, () => newId(), offline(signal));
  const db = deps.database.read;
  read.server.securityGroups = await deps.adoptionRows.groupNames(
    db,
    adoption.clusterId,
    read.securityGroupIds,
  );
  const ports = await Promise.all(read.ports.map((port) => portToTake(deps, port, adoption)));
  const networkId = ports.length === 1 ? (ports[0]?.place.networkId ?? null) : null;
  const { flavorId, imageId } = await deps.adoptionRows.mappingOf(db, adoption.clusterId, read.server);
  const rows: AdoptedRow[] = [
    {
      kind: 'server',
      id: read.server.id,
      openstack_id: read.server.openstackId,
      detail: { flavor_id: flavorId, image_id: imageId, name: read.server.name, status: read.server.status },
    },
    ...ports.map(({ port, linked }) => portSummary(port, linked !== null)),
  ];
  return done({ rows }, async (tx) => {
    await deps.adoptionRows.insertServer(tx, read.server, networkId);
    const nics: NewServerNic[] = [];
    for (const [position, taken] of ports.entries())
      nics.push(nicOf(position, taken.port, await takePort(deps, tx, taken)));
    // A server with one logical network has no row about networks.
    if (networkId === null) await deps.serverNics.insertMany(tx, nics.filter(isSomewhere));
  });
}

async function portRows({ deps, signal }: Step, adoption: Adoption): Promise<Done<Adopted>> {
  const cloud = await deps.clouds.get(adoption.clusterId);
  await requireUnclaimed(deps, 'port', adoption);
  const port = await readPort(cloud, adoption, offline(signal));
  return done({ rows: [portSummary(port)] }, async (tx) => {
    await insertPort(deps, tx, port);
  });
}

async function networkRows({ deps, signal }: Step, adoption: Adoption): Promise<Done<Adopted>> {
  const cloud = await deps.clouds.get(adoption.clusterId);
  const network = await cloud.network.networks.find(adoption.openstackId, offline(signal));
  if (!network) throw adopteeGone(adoption);
  const place = await deps.adoptionRows.placeOf(deps.database.read, adoption.clusterId, network.id);
  const ours = place.vpcId ?? place.networkId;
  if (ours !== null) throw adopteeOurs(adoption, ours);
  const row: AdoptedRow = {
    kind: 'network',
    id: adoption.resourceId,
    openstack_id: network.id,
    detail: { name: network.name },
  };
  const { clusterId, openstackId } = adoption;
  const held = await deps.adoptionRows.isHeldUnmapped(deps.database.read, clusterId, openstackId);
  return done({ rows: [row], held }, async (tx) => {
    const mapped = await deps.adoptionRows.mapNetwork(tx, {
      id: adoption.resourceId,
      clusterId,
      openstackId,
      name: network.name,
      external: network['router:external'] ?? false,
    });
    if (!mapped) throw adopteeOurs(adoption, 'by another name');
  });
}

interface PortToTake {
  port: PortToAdopt;
  place: NetworkPlace;
  /** The row that the project has of it already. */
  linked: LinkedPort | null;
}

/** A port of the server; one that is another's keeps the server from being adopted. */
async function portToTake(deps: ConductorDeps, port: PortToAdopt, adoption: Adoption): Promise<PortToTake> {
  const { read } = deps.database;
  const { clusterId, openstackId, openstackNetworkId } = port;
  const linked = await deps.adoptionRows.linkable(read, port);
  if (linked) return { port: { ...port, id: linked.id }, place: linked, linked };
  const claimant = await deps.adoptionRows.claimant(read, 'port', clusterId, openstackId);
  if (claimant) throw adopteeOurs({ ...adoption, subjectKind: 'port', openstackId }, claimant.id);
  return { port, place: await deps.adoptionRows.placeOf(read, clusterId, openstackNetworkId), linked };
}

interface InsertedPort {
  place: NetworkPlace;
  held: HeldPlace | null;
}

async function takePort(deps: ConductorDeps, tx: Transaction, taken: PortToTake): Promise<InsertedPort> {
  const { port, linked } = taken;
  if (!linked) return insertPort(deps, tx, port);
  if (!(await deps.adoptionRows.linkPort(tx, linked.id, port.serverId ?? ''))) throw portTaken(port);
  const { reservationId, subnetId, segmentId } = linked;
  const held = reservationId && subnetId && segmentId ? { reservationId, subnetId, segmentId } : null;
  return { place: linked, held };
}

/** Addresses of the plan that the port has are its own from now on, as if they had been handed out to it. */
async function insertPort(deps: ConductorDeps, tx: Transaction, port: PortToAdopt): Promise<InsertedPort> {
  const place = await deps.adoptionRows.placeOf(tx, port.clusterId, port.openstackNetworkId);
  const { vpcId } = place;
  const reservationId = newId();
  let held: HeldPlace | null = null;
  for (const { ip_address: address } of port.fixedIps) {
    if (vpcId === null) break;
    const { clusterId, openstackId: portId } = port;
    const planned = await deps.withdrawals.handToIn(tx, { vpcId, clusterId, address, portId, reservationId });
    if (planned) held ??= { reservationId, ...planned };
  }
  await deps.adoptionRows.insertPort(tx, port, place, held);
  return { place, held };
}

const nicOf = (position: number, port: PortToAdopt, { place, held }: InsertedPort): NewServerNic => ({
  serverId: port.serverId ?? '',
  position,
  networkId: place.vpcId === null ? place.networkId : null,
  vpcId: place.vpcId,
  subnetId: held?.subnetId ?? null,
  subnetAsked: false,
  addressAsked: false,
  address: held === null ? null : (port.fixedIps[0]?.ip_address ?? null),
  segmentId: held?.segmentId ?? null,
  reservationId: held?.reservationId ?? null,
});

/** On a network that Ultron knows. */
const isSomewhere = ({ networkId, vpcId }: NewServerNic): boolean => networkId !== null || vpcId !== null;

/** Rows are written together with the output of the step: without that there are none. */
async function dropRows({
  deps,
  input,
  output,
}: UndoContext<ConductorDeps, AdoptInput, object, Adopted>): Promise<StepResult<void>> {
  if (!output) return done(undefined);
  return done(undefined, (tx) => takeRowsAway(deps, tx, input.cluster_id, output));
}

/** Our mark is put on it only where that was wished for: others may rely on the metadata being theirs. */
async function mark(step: Step<{ rows: Adopted }>): Promise<StepResult<null>> {
  const { deps, signal } = step;
  const adoption = await adoptionOf(step);
  if (!adoption.mark || adoption.subjectKind !== 'server') return done(null);
  await putMark(await deps.clouds.get(adoption.clusterId), adoption, offline(signal));
  return done(null, (tx) => seenSooner(deps, tx, adoption.clusterId, adoption.openstackId));
}

/** Before the rows go: what bears the mark of a row that is dead is deleted as left over. */
async function unmark({
  deps,
  input,
  taskId,
  outputs,
  signal,
}: UndoContext<ConductorDeps, AdoptInput, { rows: Adopted }, null>): Promise<StepResult<void>> {
  const [subject] = outputs.rows.rows;
  if (subject?.kind !== 'server' || subject.openstack_id === null) return done(undefined);
  const { id: resourceId, openstack_id: openstackId } = subject;
  const adoption = await deps.adoptions.find(deps.database.read, input.adoption_id);
  if (adoption?.taskId === taskId && !adoption.mark) return done(undefined);
  const cloud = await deps.clouds.get(input.cluster_id);
  await takeMark(cloud, { openstackId, resourceId }, offline(signal));
  return done(undefined, (tx) => seenSooner(deps, tx, input.cluster_id, openstackId));
}

const seenSooner = (deps: ConductorDeps, tx: Transaction, clusterId: string, objectId: string) =>
  deps.refreshes.sooner(tx, [{ clusterId, kind: 'server', objectId }]);

async function requireUnclaimed(
  deps: ConductorDeps,
  table: 'server' | 'port',
  adoption: Adoption,
): Promise<void> {
  const { clusterId, openstackId } = adoption;
  const claimant = await deps.adoptionRows.claimant(deps.database.read, table, clusterId, openstackId);
  if (claimant) throw adopteeOurs(adoption, claimant.id);
}

async function resolveOrphan(
  deps: ConductorDeps,
  tx: Transaction,
  clusterId: string,
  subject: AdoptedRow,
): Promise<void> {
  const ids = await deps.repairFacts.orphanFindings(tx, clusterId, subject.kind, subject.openstack_id ?? '');
  await deps.findings.resolve(tx, ids, 'adoption');
}

export async function adoptionOf({ deps, input, taskId }: Step): Promise<Adoption> {
  const adoption = await deps.adoptions.find(deps.database.read, input.adoption_id);
  if (adoption?.taskId === taskId) return adoption;
  throw new Fault({
    code: 'adoption_superseded',
    category: 'conflict',
    detail: `The adoption ${input.adoption_id} is another task's now.`,
  });
}

const offline = (signal: AbortSignal) => ({ ...callOptions(signal), lane: 'offline' }) as const;

/** `linked`: the project had the port before, and keeps it when the server is given up. */
const portSummary = (port: PortToAdopt, linked = false): AdoptedRow => ({
  kind: 'port',
  id: port.id,
  openstack_id: port.openstackId,
  detail: {
    name: port.name,
    addresses: port.fixedIps.map(({ ip_address }) => ip_address),
    ...(linked ? { linked } : {}),
  },
});

const portTaken = ({ openstackId }: PortToAdopt): Fault =>
  new Fault({
    code: 'adoptee_ours',
    category: 'conflict',
    detail: `The port ${openstackId} was linked to another server, or deleted, meanwhile.`,
  });
