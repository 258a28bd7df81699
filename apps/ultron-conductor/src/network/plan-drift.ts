import type { AddressWithdrawal } from '@ultron/network/address-plan/address/address-withdrawal';
import { overlaps, parseBlock } from '@ultron/network/address-plan/block/block';
import type { SegmentService } from '@ultron/network/address-plan/segment/segment.service';
import type { PlanDriftRepository } from '@ultron/network/realisation/plan-drift.repository';
import type {
  ClusterSubnetRow,
  RealisationRepository,
} from '@ultron/network/realisation/realisation.repository';
import { isInfrastructureOwner } from '@ultron/openstack/network/device-owners';
import type { Listing } from '@ultron/openstack/paging/listing';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type { Drift, FindingKind } from '@ultron/reconcile/finding/finding.kinds';
import type { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import type { ClusterPolicy } from '@ultron/reconcile/policy/cluster-policy';
import { offlineOptions } from '../openstack/call-options.js';
import type { CloudPool } from '../openstack/cloud-pool.js';
import {
  editedPools,
  foreignDrift,
  inUseDrift,
  overlapDrift,
  type SeenSubnet,
  SUBNET_FIELDS,
} from './plan-drift.drifts.js';
import { driftsFound } from './plan-drift.metrics.js';
import { isSubnetMark } from './plan-marks.rules.js';
import { purposeOf, type SeenPort } from './segment-infra.js';

export interface PlanDriftDeps {
  database: Database;
  clouds: CloudPool;
  realisation: RealisationRepository;
  drift: PlanDriftRepository;
  withdrawals: AddressWithdrawal;
  segments: SegmentService;
  findings: FindingRepository;
  policy: ClusterPolicy;
  log: Log;
}

/** What this look alone finds, and therefore also says to be over. */
const KINDS: readonly FindingKind[] = [
  'foreign_port_on_segment',
  'address_in_use_but_free',
  'cidr_overlap',
  'address_pool_edited',
];
const NETWORKS_AT_ONCE = 40;
const PORT_FIELDS = ['id', 'name', 'device_owner', 'device_id', 'fixed_ips', 'project_id'] as const;

/**
 * Compares what a cluster has with the plan: ports and pools that somebody else made or changed, networks that overlap,
 * subnets that are gone. What is found is shown; nothing is overwritten. Addresses of others are handed out no more where
 * policy says so.
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
    const { database, findings, drift } = this.deps;
    const began = await drift.now(database.read);
    const own = await this.deps.realisation.subnetsOfCluster(database.read, clusterId);
    const subnets = await this.subnetsOf(clusterId, signal);
    if (subnets === null) return [];
    const ports = await this.portsOf(clusterId, own, signal);
    if (ports === null) return [];
    await this.markGone(clusterId, own, subnets, signal);
    const foreign = await this.foreignPorts(clusterId, ports, signal);
    const drifts = [
      ...(await this.overlapsOf(clusterId, subnets, own)),
      ...editedPools(own, subnets),
      ...foreign.ports,
    ];
    const { fresh } = await database.transaction((tx) => findings.report(tx, clusterId, drifts, began));
    if (fresh.length > 0) this.alert(clusterId, drifts);
    await this.noteInUse(clusterId, foreign, began);
    const there = new Set([...ports, ...subnets].map(({ id }) => id));
    await this.resolveOver(clusterId, { began, there }, signal);
    return drifts;
  }

  /** What the plan called free was in use: for the record where it is handed out no more, else for people to decide. */
  private async noteInUse(
    clusterId: string,
    { takenOut, leftIn }: { takenOut: readonly Drift[]; leftIn: readonly Drift[] },
    began: Date,
  ): Promise<void> {
    const { database, findings } = this.deps;
    if (takenOut.length + leftIn.length === 0) return;
    await database.transaction(async (tx) => {
      await findings.report(tx, clusterId, leftIn, began);
      const { fresh } = await findings.report(tx, clusterId, takenOut);
      await findings.resolve(tx, fresh, 'plan-drift', { what: 'the address was taken out of the plan' });
    });
  }

  /**
   * What this look did not find is over, except where a comparison goes by wider rules than this look: there it is only
   * when the thing itself is gone, for which the cluster is asked once more.
   */
  private async resolveOver(
    clusterId: string,
    look: { began: Date; there: ReadonlySet<string> },
    signal: AbortSignal,
  ): Promise<void> {
    const { database, findings, clouds } = this.deps;
    const { ports, subnets } = (await clouds.get(clusterId)).network;
    const subjectKinds = ['port', 'address', 'subnet', 'segment'] as const;
    const scope = { subjectKinds, kinds: KINDS, before: look.began };
    const over: string[] = [];
    for (const one of await findings.unconfirmed(database.read, clusterId, scope)) {
      const things = ['port', 'address'].includes(one.subject.kind) ? ports : subnets;
      const id = one.openstackId ?? '';
      const seen = look.there.has(id);
      if (seen && one.kind !== 'address_pool_edited') continue;
      if (seen || (await things.find(id, offlineOptions(signal))) === null) over.push(one.id);
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
  private async subnetsOf(clusterId: string, signal: AbortSignal): Promise<SeenSubnet[] | null> {
    const { subnets } = (await this.deps.clouds.get(clusterId)).network;
    return completely(subnets.list({}, offlineOptions(signal), SUBNET_FIELDS));
  }

  private async portsOf(
    clusterId: string,
    own: readonly ClusterSubnetRow[],
    signal: AbortSignal,
  ): Promise<SeenPort[] | null> {
    const { ports } = (await this.deps.clouds.get(clusterId)).network;
    const networks = [...new Set(own.map(({ openstackNetworkId }) => openstackNetworkId))];
    const seen: SeenPort[] = [];
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
    seen: readonly SeenSubnet[],
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

  private async overlapsOf(
    clusterId: string,
    seen: readonly SeenSubnet[],
    own: readonly ClusterSubnetRow[],
  ): Promise<Drift[]> {
    const ours = new Set(own.map(({ openstackId }) => openstackId));
    const { database, drift } = this.deps;
    const parts = await drift.partsOf(database.read, clusterId);
    return seen.flatMap((subnet) => {
      if (ours.has(subnet.id) || isSubnetMark(subnet.name)) return [];
      const block = parseBlock(subnet.cidr, '/cidr');
      const hit = parts.filter((part) => overlaps(part.block, block));
      return hit.length === 0 ? [] : [overlapDrift(subnet, hit)];
    });
  }

  /**
   * Addresses of ports that the plan does not know are taken out of it where that is to be done by itself, and come back
   * when their ports are gone. Those of the network's own ports always are: they are no drift.
   */
  private async foreignPorts(
    clusterId: string,
    ports: readonly SeenPort[],
    signal: AbortSignal,
  ): Promise<{ ports: Drift[]; takenOut: Drift[]; leftIn: Drift[] }> {
    const { database, drift, withdrawals, policy } = this.deps;
    const inUse = { kind: 'address_in_use_but_free', subjectKind: 'address' } as const;
    const mayTakeOut = await policy.mayRepair(database.read, clusterId, inUse);
    const bySubnet = await drift.vpcsBySubnet(database.read, clusterId);
    const known = new Set(await drift.heldAddresses(database.read, clusterId));
    const takenOut = await withdrawals.takenOut(database.read, clusterId);
    const stillThere = new Map(takenOut.map((one) => [one.address, one]));
    const gone = new Set(takenOut.map(({ address }) => address));
    const drifts: Drift[] = [];
    const now: Drift[] = [];
    const leftIn: Drift[] = [];
    for (const port of ports) {
      for (const { subnet_id: subnetId, ip_address: address } of port.fixed_ips) {
        const vpcId = bySubnet.get(subnetId);
        gone.delete(address);
        if (vpcId === undefined) continue;
        const out = stillThere.get(address);
        if (!out && (known.has(address) || !(await this.isStillTheirs(clusterId, port, address, signal)))) {
          continue;
        }
        const purpose = purposeOf(port);
        if (purpose === 'foreign' && !out && !mayTakeOut) {
          leftIn.push(inUseDrift(port, address, vpcId));
          drifts.push(foreignDrift(port, address, vpcId));
          continue;
        }
        const one = { vpcId, clusterId, address, purpose, portId: port.id };
        const answer = await withdrawals.takeOut(one);
        if (purpose === 'foreign' && answer === 'taken_out') now.push(inUseDrift(port, address, vpcId));
        const foreign = purpose === 'foreign' && (answer === 'taken_out' || answer === 'already');
        // A port may have been adopted whose address another had in the plan.
        if (foreign && !(await drift.isOwnPort(database.read, clusterId, port.id)))
          drifts.push(foreignDrift(port, address, vpcId));
      }
    }
    for (const address of gone) await this.putBack(clusterId, stillThere.get(address), signal);
    return { ports: drifts, takenOut: now, leftIn };
  }

  /** A port of ours that is being deleted is in the list, and its address is free already. */
  private async isStillTheirs(
    clusterId: string,
    port: SeenPort,
    address: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { database, drift, clouds } = this.deps;
    if (
      !isInfrastructureOwner(port.device_owner) &&
      (await drift.isOwnPort(database.read, clusterId, port.id))
    )
      return false;
    const { ports } = (await clouds.get(clusterId)).network;
    const now = await ports.find(port.id, offlineOptions(signal));
    return now?.fixed_ips.some((ip) => ip.ip_address === address) ?? false;
  }

  private async putBack(
    clusterId: string,
    out: { vpcId: string; address: string; portId: string } | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (!out) return;
    const { ports } = (await this.deps.clouds.get(clusterId)).network;
    const port = await ports.find(out.portId, offlineOptions(signal));
    if (port?.fixed_ips.some((ip) => ip.ip_address === out.address)) return;
    await this.deps.withdrawals.putBack(out);
  }
}

/** The items of a list, or null when it broke off and began anew: what it lacks may be there. */
async function completely<T extends { id: string }>(listing: Listing<T>): Promise<T[] | null> {
  const items = await listing.all();
  return listing.report.complete ? items : null;
}
