import type { AddressWithdrawal } from '@ultron/network/address-plan/address/address-withdrawal';
import { formatAddress } from '@ultron/network/address-plan/block/block';
import type { SegmentService } from '@ultron/network/address-plan/segment/segment.service';
import type { PlanDriftRepository } from '@ultron/network/realisation/plan-drift.repository';
import type {
  ClusterSubnetRow,
  RealisationRepository,
} from '@ultron/network/realisation/realisation.repository';
import { isInfrastructureOwner } from '@ultron/openstack/network/device-owners';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import type { Listing } from '@ultron/openstack/paging/listing';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type { CompareContext } from '@ultron/reconcile/compare/compare.facts';
import type { Drift } from '@ultron/reconcile/finding/finding.kinds';
import type { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import { justSeen, textOf } from '@ultron/reconcile/intent/intent.source';
import { portSource } from '@ultron/reconcile/intent/port.source';
import { addressesOf } from '@ultron/reconcile/plan/plan.comparison';
import type { PlanReader } from '@ultron/reconcile/plan/plan.reader';
import { judgeAddress, type PortAddress } from '@ultron/reconcile/plan/plan.rules';
import type { ClusterPolicy } from '@ultron/reconcile/policy/cluster-policy';
import { offlineOptions } from '../openstack/call-options.js';
import type { CloudPool } from '../openstack/cloud-pool.js';
import { driftsFound } from './plan-drift.metrics.js';
import { purposeOf } from './segment-infra.js';

export interface PlanDriftDeps {
  database: Database;
  clouds: CloudPool;
  realisation: RealisationRepository;
  drift: PlanDriftRepository;
  plans: PlanReader;
  withdrawals: AddressWithdrawal;
  segments: SegmentService;
  findings: FindingRepository;
  policy: ClusterPolicy;
  log: Log;
}

const NETWORKS_AT_ONCE = 40;
const PORT_FIELDS = [
  'id',
  'name',
  'device_owner',
  'device_id',
  'fixed_ips',
  'network_id',
  'project_id',
] as const;

type ListedPort = Pick<PortWire, (typeof PORT_FIELDS)[number]>;

/** Addresses that the plan called free and ports of others have. */
interface InUse {
  takenOut: Drift[];
  /** Policy wants people to decide. */
  leftIn: Drift[];
}

/**
 * What cannot wait until a lane has seen it, and needs a look at the cluster itself: addresses that ports of others have
 * are handed out no more, and are again when those are gone; nothing is handed out of a subnet that is gone. All else
 * in which a cluster differs from the plan a comparison finds.
 */
export class PlanDrift {
  constructor(private readonly deps: PlanDriftDeps) {}

  async lookAtAll(conductorGroup: string, signal: AbortSignal): Promise<void> {
    const { database, drift, log } = this.deps;
    for (const { clusterId, cluster } of await drift.clusters(database.read, conductorGroup)) {
      if (signal.aborted) return;
      try {
        await this.look(clusterId, signal);
      } catch (error) {
        // A cluster that does not answer is shown elsewhere; the others are looked at all the same.
        log.warn('the plan could not be compared with a cluster', { cluster, reason: String(error) });
      }
    }
  }

  async look(clusterId: string, signal: AbortSignal): Promise<Drift[]> {
    const { database, drift } = this.deps;
    const began = await drift.now(database.read);
    const own = await this.deps.realisation.subnetsOfCluster(database.read, clusterId);
    const subnets = await this.subnetsOf(clusterId, signal);
    if (subnets === null) return [];
    const ports = await this.portsOf(clusterId, own, signal);
    if (ports === null) return [];
    await this.markGone(clusterId, own, subnets, signal);
    const inUse = await this.takeOutForeign(clusterId, own, ports, signal);
    await this.note(clusterId, inUse, began);
    await this.endGone(clusterId, { began, there: new Set(ports.map(({ id }) => id)) }, signal);
    return [...inUse.takenOut, ...inUse.leftIn];
  }

  /** What the plan called free was in use: for the record where it is handed out no more, else for people to decide. */
  private async note(clusterId: string, { takenOut, leftIn }: InUse, began: Date): Promise<void> {
    const { database, findings } = this.deps;
    if (takenOut.length + leftIn.length === 0) return;
    const news = await database.transaction(async (tx) => {
      const open = await findings.report(tx, clusterId, leftIn, began);
      const { fresh } = await findings.report(tx, clusterId, takenOut);
      await findings.resolve(tx, fresh, 'plan-drift', { what: 'the address was taken out of the plan' });
      return open.fresh.length + fresh.length;
    });
    if (news > 0) this.alert(clusterId, [...takenOut, ...leftIn]);
  }

  /** An address that was left in is no finding any more when its port is gone, though no lane may ever have seen the port. */
  private async endGone(
    clusterId: string,
    look: { began: Date; there: ReadonlySet<string> },
    signal: AbortSignal,
  ) {
    const { database, findings, clouds } = this.deps;
    const { ports } = (await clouds.get(clusterId)).network;
    const scope = {
      subjectKinds: ['address'],
      kinds: ['address_in_use_but_free'],
      before: look.began,
    } as const;
    const over: string[] = [];
    for (const { id, openstackId } of await findings.unconfirmed(database.read, clusterId, scope)) {
      if (openstackId === null || look.there.has(openstackId)) continue;
      // The list may be older than the port.
      if ((await ports.find(openstackId, offlineOptions(signal))) === null) over.push(id);
    }
    await database.transaction((tx) => findings.resolve(tx, over, 'plan-drift'));
  }

  private alert(clusterId: string, drifts: readonly Drift[]): void {
    for (const { kind, subject, evidence } of drifts) {
      driftsFound.inc({ kind });
      this.deps.log.warn('a cluster differs from the address plan', {
        cluster_id: clusterId,
        kind,
        subject,
        evidence,
      });
    }
  }

  /** All subnets of the cluster, or null when the list was not complete: then it says nothing. */
  private async subnetsOf(clusterId: string, signal: AbortSignal): Promise<{ id: string }[] | null> {
    const { subnets } = (await this.deps.clouds.get(clusterId)).network;
    return completely(subnets.list({}, offlineOptions(signal), ['id']));
  }

  private async portsOf(
    clusterId: string,
    own: readonly ClusterSubnetRow[],
    signal: AbortSignal,
  ): Promise<ListedPort[] | null> {
    const { ports } = (await this.deps.clouds.get(clusterId)).network;
    const networks = [...new Set(own.map(({ openstackNetworkId }) => openstackNetworkId))];
    const seen: ListedPort[] = [];
    for (let from = 0; from < networks.length; from += NETWORKS_AT_ONCE) {
      const networkId = networks.slice(from, from + NETWORKS_AT_ONCE);
      const some = await completely(ports.list({ networkId }, offlineOptions(signal), PORT_FIELDS));
      if (some === null) return null;
      seen.push(...some);
    }
    return seen;
  }

  /** A subnet of ours that is gone: its segment hands out nothing until it is built again. */
  private async markGone(
    clusterId: string,
    own: readonly ClusterSubnetRow[],
    seen: readonly { id: string }[],
    signal: AbortSignal,
  ): Promise<void> {
    const { database, drift, segments, clouds, log } = this.deps;
    const there = new Set(seen.map(({ id }) => id));
    const { subnets } = (await clouds.get(clusterId)).network;
    for (const row of own.filter(({ openstackId }) => !there.has(openstackId))) {
      // It may have been made, or taken down by us, since the list was read.
      if (await subnets.find(row.openstackId, offlineOptions(signal))) continue;
      await database.transaction(async (tx) => {
        for (const segment of await drift.activeIn(tx, clusterId, row.openstackId)) {
          await segments.moveIn(tx, segment.id, 'error');
          await drift.setGone(tx, segment.id, row.openstackId);
          log.warn('the subnet of a segment is gone from its cluster', {
            cluster_id: clusterId,
            segment_id: segment.id,
            openstack_subnet_id: row.openstackId,
          });
        }
      });
    }
  }

  /**
   * Addresses of ports that the plan does not know are taken out of it where that is to be done by itself, and come back
   * when their ports are gone. Those of the network's own ports always are: they are no drift.
   */
  private async takeOutForeign(
    clusterId: string,
    own: readonly ClusterSubnetRow[],
    ports: readonly ListedPort[],
    signal: AbortSignal,
  ): Promise<InUse> {
    const { database, withdrawals, policy } = this.deps;
    const subject = { kind: 'address_in_use_but_free', subjectKind: 'address' } as const;
    const mayTakeOut = await policy.mayRepair(database.read, clusterId, subject);
    const takenOut = await withdrawals.takenOut(database.read, clusterId);
    const gone = new Map(takenOut.map((one) => [`${one.vpcId} ${one.address}`, one]));
    const inUse: InUse = { takenOut: [], leftIn: [] };
    for (const one of await this.addressesOf(clusterId, own, ports)) {
      if (gone.delete(keyOf(one))) continue;
      const found = inUseButFree(one);
      if (!found || !(await this.isStillTheirs(clusterId, one, signal))) continue;
      const purpose = purposeOf({ device_owner: ownerOf(one) });
      if (purpose === 'foreign' && !mayTakeOut) {
        inUse.leftIn.push(found);
        continue;
      }
      const { vpcId, text: address, port } = one;
      const withdrawal = { vpcId, clusterId, address, purpose, portId: port.openstackId };
      const answer = await withdrawals.takeOut(withdrawal);
      if (purpose === 'foreign' && answer === 'taken_out') inUse.takenOut.push(found);
    }
    for (const one of gone.values()) await this.putBack(clusterId, one, signal);
    return inUse;
  }

  private async addressesOf(
    clusterId: string,
    own: readonly ClusterSubnetRow[],
    ports: readonly ListedPort[],
  ): Promise<PortAddress[]> {
    const { database, plans } = this.deps;
    const vpcOf = new Map(own.map(({ openstackNetworkId, vpcId }) => [openstackNetworkId, vpcId]));
    const now = new Date();
    const onVpcs = ports.flatMap((port) => {
      const id = vpcOf.get(port.network_id);
      const { id: openstackId, name, project_id: projectId, ...fields } = port;
      const seen = { id: openstackId, name, projectId, status: null, fields };
      return id === undefined ? [] : [{ seen: justSeen(portSource, seen, now), vpc: { id } }];
    });
    const plan = await plans.ofCluster(database.read, clusterId);
    return addressesOf({ read: database.read, plans, plan }, onVpcs);
  }

  /** A port of ours that is being deleted is in the list, and its address is free already. */
  private async isStillTheirs(clusterId: string, one: PortAddress, signal: AbortSignal): Promise<boolean> {
    const { database, drift, clouds } = this.deps;
    const { openstackId } = one.port;
    if (
      !isInfrastructureOwner(ownerOf(one)) &&
      (await drift.isOwnPort(database.read, clusterId, openstackId))
    )
      return false;
    const { ports } = (await clouds.get(clusterId)).network;
    const now = await ports.find(openstackId, offlineOptions(signal));
    return now?.fixed_ips.some((ip) => ip.ip_address === one.text) ?? false;
  }

  private async putBack(
    clusterId: string,
    out: { vpcId: string; address: string; portId: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { ports } = (await this.deps.clouds.get(clusterId)).network;
    const port = await ports.find(out.portId, offlineOptions(signal));
    if (port?.fixed_ips.some((ip) => ip.ip_address === out.address)) return;
    await this.deps.withdrawals.putBack(out);
  }
}

/** As for a comparison, by a look that is complete and has just been taken: the port is asked for once more anyway. */
function inUseButFree(one: PortAddress): Drift | undefined {
  const now = new Date();
  const looked = { completeSince: now, freshSince: now, deletionsSince: now };
  const context: CompareContext = { now, graceMs: 0, lane: { ...looked, braked: false, stale: false } };
  // What cools is another's soon.
  const held = one.held?.state === 'cooling' ? null : one.held;
  const verdict = judgeAddress({ ...one, held }, context);
  return verdict.kind === 'judged' ? verdict.drifts[0] : undefined;
}

/** A port on the network of one VPC may have, in a subnet of others, an address of another VPC. */
const keyOf = ({ vpcId, address, segment, text }: PortAddress): string =>
  `${vpcId} ${segment ? formatAddress(segment.block.family, address) : text}`;

const ownerOf = ({ port }: PortAddress): string => textOf(port.fields['device_owner']);

/** The items of a list, or null when it broke off and began anew: what it lacks may be there. */
async function completely<T extends { id: string }>(listing: Listing<T>): Promise<T[] | null> {
  const items = await listing.all();
  return listing.report.complete ? items : null;
}
