import { toBytes } from '@ultron/network/address-plan/block/block';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ObservedReader, StoredObject } from '@ultron/sync/observed/observed.reader';
import type { CompareContext, Seen } from '../compare/compare.facts.js';
import { portSource } from '../intent/port.source.js';
import { subnetSource } from '../intent/subnet.source.js';
import { type Compared, nothingCompared, pagesOf, type Report, take, tell } from '../round/comparison.js';
import { addressOf, blockOf } from './address-text.rules.js';
import type { ClusterPlan, PlanReader } from './plan.reader.js';
import {
  addressSubject,
  isOfNetwork,
  judgeAddress,
  judgeForeignPort,
  judgeOverlap,
  type PortAddress,
  segmentOf,
} from './plan.rules.js';

interface PlanLook {
  read: Transaction;
  reader: ObservedReader;
  plans: PlanReader;
  clusterId: string;
  plan: ClusterPlan;
}

/** Compares the ports on the networks of VPCs with the address plan. */
export async function comparePorts(
  look: PlanLook,
  context: CompareContext,
  report: Report,
): Promise<Compared> {
  const result = nothingCompared();
  if (!look.plan.networks.size) return result;
  for await (const page of seenOf(look, 'port')) {
    const ports = page
      .map((object) => ({ seen: portSource.seen(object), vpc: vpcOf(look.plan, object) }))
      .flatMap(({ seen, vpc }) => (vpc ? [{ seen, vpc }] : []));
    if (!ports.length) continue;
    const ids = ports.map(({ seen }) => seen.openstackId);
    const claimed = await portSource.claimed(look.read, look.clusterId, ids);
    for (const { seen, vpc } of ports) {
      if (claimed.has(seen.openstackId)) continue;
      take(result, { kind: 'port', id: seen.openstackId }, judgeForeignPort(seen, vpc, context));
    }
    for (const one of await addressesOf(look, ports)) {
      // DHCP and router ports have addresses that the plan keeps for them; one that it does not know of counts as well.
      if (isOfNetwork(one.port) && one.held) continue;
      take(result, addressSubject(one.vpcId, one.text), judgeAddress(one, context));
    }
    await tell(result, report);
  }
  return result;
}

/** Compares the subnets that Ultron did not make with the addresses of the VPCs of the cluster. */
export async function compareSubnets(
  look: PlanLook,
  context: CompareContext,
  report: Report,
): Promise<Compared> {
  const result = nothingCompared();
  if (!look.plan.vpcs.length) return result;
  for await (const page of seenOf(look, 'subnet')) {
    const seen = page.map((object) => subnetSource.seen(object));
    const ids = seen.map(({ openstackId }) => openstackId);
    const claimed = await subnetSource.claimed(look.read, look.clusterId, ids);
    for (const one of seen) {
      const block = blockOf(one.fields['cidr']);
      if (!block || claimed.has(one.openstackId)) continue;
      take(
        result,
        { kind: 'subnet', id: one.openstackId },
        judgeOverlap(one, block, look.plan.vpcs, context),
      );
    }
    await tell(result, report);
  }
  return result;
}

/** The addresses that these ports have in segments of the cluster, and what the plan says of them. */
export async function addressesOf(
  { read, plans, plan }: Pick<PlanLook, 'read' | 'plans' | 'plan'>,
  ports: readonly { seen: Seen; vpc: { id: string } }[],
): Promise<PortAddress[]> {
  const found: PortAddress[] = [];
  for (const { seen, vpc } of ports) {
    for (const text of fixedAddresses(seen)) {
      const parsed = addressOf(text);
      if (!parsed) continue;
      const segment = segmentOf(plan.segments, vpc.id, parsed.address);
      found.push({ port: seen, vpcId: vpc.id, address: parsed.address, text, segment, held: null });
    }
  }
  for (const [scopeId, inScope] of Map.groupBy(found, ({ segment }) => segment?.scopeId)) {
    if (scopeId === undefined) continue;
    for (const [family, same] of Map.groupBy(inScope, ({ segment }) => segment?.block.family ?? 4)) {
      const held = await plans.held(
        read,
        scopeId,
        family,
        same.map(({ address }) => address),
      );
      for (const one of same) one.held = held.get(toBytes(family, one.address).toString('hex')) ?? null;
    }
  }
  return found.filter((one) => one.segment !== null);
}

const seenOf = ({ read, reader, clusterId }: PlanLook, kind: string) =>
  pagesOf(read, reader, { clusterId, kind });

const vpcOf = (plan: ClusterPlan, object: StoredObject) => {
  const network = object.fields['network_id'];
  return typeof network === 'string' ? (plan.networks.get(network) ?? null) : null;
};

function fixedAddresses(seen: Seen): string[] {
  const ips = seen.fields['fixed_ips'];
  if (!Array.isArray(ips)) return [];
  return ips.flatMap((ip: unknown) =>
    ip !== null && typeof ip === 'object' && 'ip_address' in ip && typeof ip.ip_address === 'string'
      ? [ip.ip_address]
      : [],
  );
}
