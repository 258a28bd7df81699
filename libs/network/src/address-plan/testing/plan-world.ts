import { isDeepStrictEqual } from 'node:util';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { RealisationRepository } from '../../realisation/realisation.repository.js';
import { SegmentTaskRepository } from '../../realisation/segment-task.repository.js';
import type { AllocationRequest } from '../address/address.types.js';
import { formatAddress } from '../block/block.js';
import type { SegmentRow } from '../segment/segment.repository.js';
import type { SupplementOutcome } from '../supplement/supplement.outcome.js';
import { AddressPlanFixture } from './address-plan.fixture.js';
import { Crash, CrashingDatabase } from './crashing-database.js';
import { FakeClusters } from './fake-clusters.js';
import { takeSnapshot, type Snapshot } from './plan-invariants.js';
import type { Operation } from './plan-workload.js';

/** Small, so that a workload soon runs out: 4 subnets of 8 units of 32 addresses. */
const prefixes = { vpc: 22, subnet: 24, segment: 27 };
export const floor = { leastFree: 8, leadTimeS: 60, horizonS: 3600 };
const CONFIG = { prefixes, floor, coolingS: 0, quarantineS: 0, coolDownS: 0 };
let pools = 0;

/** What the workloads really did, so that operations that are always refused do not pass for tested ones. */
export const happened = new Map<string, number>();
const mark = (what: string) => happened.set(what, (happened.get(what) ?? 0) + 1);

/** A VPC over two IDCs, its clusters, and callers each with a connection, some of which die. */
export class World {
  readonly idcOf = new Map<string, string>();
  readonly clusters = new FakeClusters();
  readonly reservations: string[] = [];
  readonly calm: AddressPlanFixture;
  retired = new Set<string>();
  private constructor(
    private readonly database: Database,
    readonly vpcId: string,
    readonly idcIds: string[],
  ) {
    this.calm = new AddressPlanFixture(database, CONFIG);
    for (const [i, idcId] of idcIds.entries()) {
      for (let n = 0; n < 4 - i; n++) this.idcOf.set(newId(), idcId);
    }
  }

  static async make(
    database: Database,
    realisation: 'routed' | 'stretched',
    sharing: 'all' | 'hold_back',
  ): Promise<World> {
    const fixture = new AddressPlanFixture(database, CONFIG);
    const idcIds = [newId(), newId()];
    const number = pools++;
    const cidr = `10.${number >> 4}.${(number & 15) * 16}.0/20`;
    const { vpcId } = await fixture.newVpc(cidr, 0, { idcIds, realisation, sharing });
    const world = new World(database, vpcId, idcIds);
    const [idcId = ''] = idcIds;
    await fixture.plan.createSubnet({ id: newId(), vpcId, idcId, clusterIds: world.clustersOf(idcId) });
    for (const segment of (await world.snapshot()).segments) {
      if (segment.clusterId !== null) await world.buildOne(fixture, segment, false);
    }
    return world;
  }

  clustersOf(idcId: string): string[] {
    return [...this.idcOf].filter(([id, idc]) => idc === idcId && !this.retired.has(id)).map(([id]) => id);
  }

  demandsOf(idcId: string) {
    return this.clustersOf(idcId).map((clusterId) => ({ clusterId, eligible: true }));
  }

  snapshot(): Promise<Snapshot> {
    return takeSnapshot(this.database.read, this.calm.plans, this.vpcId);
  }

  pick<T>(list: readonly T[], which: number): T | undefined {
    return list[which % Math.max(list.length, 1)];
  }

  /** Runs the operation as a process that may die, then once more as one that does not where the id is the same. */
  async run(op: Operation, seen: Snapshot): Promise<void> {
    const dying = new CrashingDatabase(this.database.source);
    dying.point = op.crash;
    const mortal = new AddressPlanFixture(dying, CONFIG);
    // Most of it meets in one IDC.
    const idcId = this.pick(this.idcIds, op.which % 4 === 0 ? 1 : 0) ?? '';
    const clusterId = this.pick(this.clustersOf(idcId), op.which >> 2);
    if (clusterId === undefined) return;
    await attempt(this.perform(op, mortal, seen, idcId, clusterId));
  }

  private async perform(
    op: Operation,
    mortal: AddressPlanFixture,
    seen: Snapshot,
    idcId: string,
    clusterId: string,
  ): Promise<unknown> {
    const { vpcId } = this;
    const reservationId = this.pick(this.reservations, op.which);
    switch (op.kind) {
      case 'create_subnet': {
        const command = { id: newId(), vpcId, idcId, clusterIds: this.clustersOf(idcId) };
        return again(
          mortal,
          this.calm,
          (fixture) => fixture.plan.createSubnet(command),
          ({ cidr }) => cidr,
        );
      }
      case 'allocate':
      case 'allocate_coming':
      case 'allocate_preemptible':
      case 'allocate_fixed':
        return this.allocate(op, mortal, seen, clusterId);
      case 'confirm':
        return this.confirm(mortal, seen, reservationId);
      case 'release':
        return mortal.addresses.release(reservationId ? [reservationId] : []);
      case 'give_back_unused':
        return mortal.addresses.giveBackUnused(reservationId ? [reservationId] : []);
      case 'lapse':
        return new AddressPlanFixture(this.database, { ...CONFIG, reservationS: 0 }).addresses.renew(
          reservationId ? [reservationId] : [],
        );
      case 'expire':
        return mortal.addresses.expire(op.amount);
      case 'supplement':
      case 'supplement_early':
        return this.supplement(op, mortal, idcId, clusterId, op.kind === 'supplement');
      case 'storm':
        return Promise.all(
          [1, 2, 3, 4].map(() => attempt(this.supplement(op, this.calm, idcId, clusterId, true))),
        );
      case 'reclaim':
        return mortal.supplements.reclaim(vpcId, idcId, this.demandsOf(idcId));
      case 'add_cluster': {
        // Whether it was retired or is new: it comes back with nothing.
        const [back] = [...this.retired];
        if (back === undefined) return null;
        this.retired.delete(back);
        return mortal.segments.addCluster({
          vpcId,
          idcId: this.idcOf.get(back) ?? '',
          clusterId: back,
          demands: this.demandsOf(idcId),
        });
      }
      case 'retire_cluster':
        if (this.clustersOf(idcId).length < 3) return null;
        this.retired.add(clusterId);
        return mortal.segments.retireCluster(vpcId, clusterId);
      case 'end_quarantines':
        return mortal.segments.endQuarantines();
      case 'take_out':
      case 'put_back':
        return this.withdraw(op, mortal, seen);
      case 'serve_waiting':
        return mortal.database
          .transaction((tx) => mortal.supplements.serveWaitingIn(tx, vpcId, idcId, this.demandsOf(idcId)))
          .then((served) => served && mark('serve_waiting'));
      case 'give_up_slot':
        return mortal.plan.giveUpSlot(vpcId, idcId);
      case 'limit_project':
        return mortal.database.transaction((tx) =>
          mortal.quotas.set(tx, {
            projectId: seen.plan.projectId,
            addresses: op.which % 2 ? op.amount * 4 : null,
          }),
        );
      case 'delete_subnet':
      case 'remove_subnet':
        return this.deleteSubnet(op, mortal, seen);
      default:
        return this.conduct(op, mortal, seen);
    }
  }

  private async allocate(
    op: Operation,
    mortal: AddressPlanFixture,
    seen: Snapshot,
    clusterId: string,
  ): Promise<void> {
    const reservationId = newId();
    const own = seen.segments.find((one) => one.clusterId === clusterId && one.state === 'active');
    const fixed =
      op.kind === 'allocate_fixed' && own
        ? [formatAddress(4, own.block.base + BigInt(op.amount % 32))]
        : undefined;
    const request: AllocationRequest = {
      reservationId,
      vpcId: this.vpcId,
      clusterId,
      count: fixed ? 1 : op.amount,
      ...(fixed ? { fixed } : {}),
      ...(!fixed && (op.which >> 5) % 3 ? { minCount: 1 } : {}),
      ...(op.kind === 'allocate_coming' ? { coming: true } : {}),
      ...(op.kind === 'allocate_preemptible' ? { preemptible: true } : {}),
    };
    await again(
      mortal,
      this.calm,
      (fixture) => fixture.addresses.allocate(request),
      ({ addresses }) => addresses.map(({ address }) => address),
    ).then(({ addresses }) => {
      if (addresses.some(({ segmentState }) => segmentState !== 'active')) mark('promised');
      mark(op.kind);
    });
    // Only now may others release it.
    this.reservations.push(reservationId);
  }

  private async confirm(
    mortal: AddressPlanFixture,
    seen: Snapshot,
    reservationId: string | undefined,
  ): Promise<void> {
    const bindings = seen.held
      .filter((row) => row.reservationId === reservationId && row.state === 'reserved')
      .map((row) => ({
        reservationId: reservationId ?? '',
        address: formatAddress(4, row.address),
        portId: `port-${row.address}`,
      }));
    await mortal.addresses.confirm(bindings);
  }

  /** I13 by asking twice; what the answer says is checked by the caller when nobody else was at work. */
  private async supplement(
    op: Operation,
    mortal: AddressPlanFixture,
    idcId: string,
    clusterId: string,
    urgent: boolean,
  ): Promise<SupplementOutcome> {
    const command = {
      id: newId(),
      vpcId: this.vpcId,
      idcId,
      clusterId,
      need: op.amount,
      urgent,
      demands: this.demandsOf(idcId),
    };
    return again(
      mortal,
      this.calm,
      (fixture) => fixture.supplements.supplement(command),
      // Where nothing was changed there is nothing to repeat.
      ({ dealt, subnetId }) => (dealt.length > 0 ? [dealt, subnetId] : null),
    );
  }

  /** Ports of others come and go; whatever they have is nobody's to hand out. */
  private async withdraw(op: Operation, mortal: AddressPlanFixture, seen: Snapshot): Promise<unknown> {
    const { vpcId } = this;
    if (op.kind === 'put_back') {
      const out = this.pick(
        seen.held.filter(({ purpose }) => purpose !== null),
        op.which,
      );
      if (!out) return null;
      const back = await mortal.withdrawal.putBack({ vpcId, address: formatAddress(4, out.address) });
      return back && mark('put_back');
    }
    const segment = this.pick(
      seen.segments.filter(({ state }) => state === 'active'),
      op.which,
    );
    if (!segment?.clusterId) return null;
    const address = formatAddress(4, segment.block.base + BigInt(op.amount % 32));
    const { clusterId } = segment;
    const withdrawal = { vpcId, clusterId, address, purpose: 'foreign', portId: newId() } as const;
    return mark(await mortal.withdrawal.takeOut(withdrawal));
  }

  private async deleteSubnet(op: Operation, mortal: AddressPlanFixture, seen: Snapshot): Promise<void> {
    const [rows, realisation] = [new SegmentTaskRepository(), new RealisationRepository()];
    const subnet = this.pick(seen.plan.subnets, op.which);
    if (!subnet) return;
    if (op.kind === 'delete_subnet') {
      await mortal.database.transaction(async (tx) => {
        await mortal.deletion.lockUnusedSubnetIn(tx, subnet.id);
        await rows.beginDelete(tx, subnet.id);
      });
      mark('delete_subnet');
      return;
    }
    const due = seen.plan.subnets.filter(
      ({ deleting, segments }) =>
        deleting && segments.every(({ state }) => state === 'spare' || state === 'quarantined'),
    );
    for (const { id } of due) {
      await mortal.database.transaction(async (tx) => {
        await realisation.lockVpc(tx, this.vpcId);
        await realisation.removeSubnet(tx, id);
      });
      mark('remove_subnet');
    }
  }

  /** What a conductor does with segments that were dealt out or are to be taken down. */
  private async conduct(op: Operation, mortal: AddressPlanFixture, seen: Snapshot): Promise<void> {
    const due = (states: string[]) =>
      this.pick(
        seen.segments.filter((one) => states.includes(one.state)),
        op.which,
      );
    if (op.kind === 'take_down') {
      const segment = due(['draining']);
      if (segment) await this.takeDown(mortal, segment);
      return;
    }
    for (const segment of seen.segments.filter(({ state }) =>
      ['reserved', 'creating', 'error'].includes(state),
    )) {
      await this.buildOne(mortal, segment, op.kind === 'build_fails');
    }
  }

  private async buildOne(mortal: AddressPlanFixture, segment: SegmentRow, fails: boolean): Promise<void> {
    if (segment.state !== 'creating') await mortal.segments.beginCreating(segment.id);
    if (fails) return mortal.segments.fail(segment.id);
    if (!this.clusters.ensure(segment)) return mortal.segments.fail(segment.id);
    await mortal.segments.activate(segment.id);
  }

  private async takeDown(mortal: AddressPlanFixture, segment: SegmentRow): Promise<void> {
    // Neutron would refuse to delete a subnet with ports; ours are those that are held.
    if (segment.held > segment.infra) return;
    this.clusters.remove(segment.id);
    await mortal.segments.drained(segment.id);
  }
}

/** Refusals and deaths are part of the workload; anything else is a mistake. */
export async function attempt<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Fault || error instanceof Crash) return undefined;
    throw error;
  }
}

/** Does it as a process that may die, and again with the same id: whatever was committed is what the second gets. */
async function again<T>(
  mortal: AddressPlanFixture,
  calm: AddressPlanFixture,
  work: (fixture: AddressPlanFixture) => Promise<T>,
  essence: (result: T) => unknown,
): Promise<T> {
  const first = await attempt(work(mortal));
  const second = await work(calm);
  if (first !== undefined && essence(first) !== null && !isDeepStrictEqual(essence(second), essence(first))) {
    throw new Error(
      `I13: asked again, ${JSON.stringify(essence(second))} after ${JSON.stringify(essence(first))}`,
    );
  }
  return second;
}
