import type { PortWire } from '@ultron/openstack/network/ports.wire';
import { canonical } from '@ultron/reconcile/compare/compare.rules';
import { Fault } from '@ultron/kernel/fault';
import { CHANGING } from '@ultron/network/lifecycle/lifecycle.state';
import {
  NETWORK_TASK,
  networkTask,
  type FloatingIpDeleteInput,
  type PortDeleteInput,
} from '@ultron/network/lifecycle/network-task';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import { clusterHas } from '../../openstack/cluster-features.js';
import { mended, moot, type Repair, type RepairScene, subjectBusy } from './repair.js';

/** Sets addresses and security groups of a port as they were asked for, unless it was changed since it was read. */
export const reapplyPort: Repair = async (scene) => {
  const { deps, finding, cloud, call, place } = scene;
  const wish = await deps.repairFacts.port(deps.database.read, place.id, finding.subjectId);
  if (!wish) return moot('there is no such port any more');
  if (wish.busy) throw subjectBusy('the port or its server');
  const port = await cloud.network.ports.find(wish.openstackId, call);
  if (!port) return moot('the cluster does not have it any more');
  const changes = {
    ...(sameSet(wish.fixedIps, addressesOf(port)) ? {} : { fixed_ips: wish.fixedIps }),
    ...(wish.securityGroups === null || sameSet(wish.securityGroups, port.security_groups)
      ? {}
      : { security_groups: wish.securityGroups }),
  };
  if (!Object.keys(changes).length) return moot('they agree');
  await unlessChanged(cloud.network.ports.update(port.id, changes, await revisionOf(scene, port), call));
  return mended(`${Object.keys(changes).join(', ')} of the port were set again`);
};

/** The port is gone from its cluster: it is deleted as if its owner had asked, and its address becomes free in time. */
export const forgetPort: Repair = async (scene) => {
  const { deps, finding, cloud, call, place } = scene;
  const wish = await deps.repairFacts.port(deps.database.read, place.id, finding.subjectId);
  if (!wish) return moot('there is no such port any more');
  if (wish.busy) throw subjectBusy('the port or its server');
  if (await cloud.network.ports.find(wish.openstackId, call)) return moot('the cluster has it');
  const task = networkTask(NETWORK_TASK.deletePort, {
    conductorGroup: place.conductorGroup,
    projectId: finding.projectId,
    resource: { kind: 'port', id: finding.subjectId },
    input: { port_id: finding.subjectId, cluster_id: place.id, predecessor: null } satisfies PortDeleteInput,
    origin: currentContext() ?? newContext(),
  });
  return {
    kind: 'follow',
    what: 'the port is recorded as deleted',
    task,
    persist: async (tx) => {
      const now = await deps.ports.lock(tx, finding.subjectId);
      if (!now || now.openstackId !== wish.openstackId || CHANGING.has(now.status))
        throw subjectBusy('the port');
      await deps.tasks.createMany(tx, [task]);
      await deps.ports.handTo(tx, finding.subjectId, task.id, 'deleting');
    },
  };
};

/** The same for a floating IP. */
export const forgetFloatingIp: Repair = async (scene) => {
  const { deps, finding, cloud, call, place } = scene;
  const wish = await deps.repairFacts.floatingIp(deps.database.read, place.id, finding.subjectId);
  if (!wish) return moot('there is no such floating IP any more');
  if (wish.busy) throw subjectBusy('the floating IP');
  if (await cloud.network.floatingIps.find(wish.openstackId, call)) return moot('the cluster has it');
  const input: FloatingIpDeleteInput = {
    floating_ip_id: finding.subjectId,
    cluster_id: place.id,
    predecessor: null,
  };
  const task = networkTask(NETWORK_TASK.deleteFloatingIp, {
    conductorGroup: place.conductorGroup,
    projectId: finding.projectId,
    resource: { kind: 'floating_ip', id: finding.subjectId },
    input,
    origin: currentContext() ?? newContext(),
  });
  return {
    kind: 'follow',
    what: 'the floating IP is recorded as deleted',
    task,
    persist: async (tx) => {
      const now = await deps.floatingIps.lock(tx, finding.subjectId);
      if (!now || now.openstackId !== wish.openstackId || CHANGING.has(now.status))
        throw subjectBusy('the floating IP');
      await deps.tasks.createMany(tx, [task]);
      await deps.floatingIps.handTo(tx, finding.subjectId, task.id, 'deleting');
    },
  };
};

export const reapplyRouter: Repair = async (scene) => {
  const { deps, finding, cloud, call, place } = scene;
  const wish = await deps.repairFacts.router(deps.database.read, place.id, finding.subjectId);
  if (!wish) return moot('there is no such router any more');
  if (wish.busy) throw subjectBusy('the router');
  const router = await cloud.network.routers.find(wish.openstackId, call);
  if (!router) return moot('the cluster does not have it any more');
  if (router.admin_state_up === wish.adminStateUp) return moot('they agree');
  const revision = await revisionOf(scene, router);
  await unlessChanged(
    cloud.network.routers.update(router.id, { admin_state_up: wish.adminStateUp }, revision, call),
  );
  return mended('the router was set as asked for');
};

export const reapplyFloatingIp: Repair = async (scene) => {
  const { deps, finding, cloud, call, place } = scene;
  const wish = await deps.repairFacts.floatingIp(deps.database.read, place.id, finding.subjectId);
  if (!wish) return moot('there is no such floating IP any more');
  if (wish.busy) throw subjectBusy('the floating IP');
  const ip = await cloud.network.floatingIps.find(wish.openstackId, call);
  if (!ip) return moot('the cluster does not have it any more');
  if (ip.port_id === wish.portId) return moot('they agree');
  const revision = await revisionOf(scene, ip);
  await unlessChanged(cloud.network.floatingIps.update(ip.id, { port_id: wish.portId }, revision, call));
  return mended('the floating IP leads again where it was asked to');
};

/** The allocation pools of a subnet become again what the plan says. */
export const restorePool: Repair = async (scene) => {
  const { deps, finding, cloud, call, place } = scene;
  const wish = await deps.repairFacts.subnet(deps.database.read, place.id, finding.subjectId);
  if (!wish) return moot('there is no such subnet any more');
  if (wish.busy) throw subjectBusy('the network of the VPC');
  const subnet = await cloud.network.subnets.find(wish.openstackId, call);
  if (!subnet) return moot('the cluster does not have it any more');
  const there = subnet.allocation_pools.map(({ start, end }) => ({ start, end }));
  if (sameSet(wish.allocationPools, there)) return moot('they agree');
  const pools = { allocation_pools: wish.allocationPools };
  await unlessChanged(cloud.network.subnets.update(subnet.id, pools, await revisionOf(scene, subnet), call));
  return mended('the allocation pools were set as the plan has them');
};

/** Nobody is handed the address any more, as long as the port has it. */
export const takeAddressOut: Repair = async (scene) => {
  const { deps, finding, cloud, call, place } = scene;
  const { address, vpc_id: vpcId } = finding.evidence;
  if (typeof address !== 'string' || typeof vpcId !== 'string' || !finding.openstackId)
    return moot('the finding does not say which address');
  const port = await cloud.network.ports.find(finding.openstackId, call);
  if (!port?.fixed_ips.some((ip) => ip.ip_address === address))
    return moot('the port does not have it any more');
  const portId = port.id;
  const withdrawal = { vpcId, clusterId: place.id, address, purpose: purposeOf(port), portId };
  return mended(`${address} was taken out of the plan`, async (tx) => {
    const outcome = await deps.withdrawals.takeOutIn(tx, withdrawal);
    if (outcome === 'held') throw subjectBusy(`the address ${address}`);
  });
};

function purposeOf(port: PortWire): 'dhcp' | 'router' | 'foreign' {
  if (port.device_owner === 'network:dhcp') return 'dhcp';
  return port.device_owner.startsWith('network:') ? 'router' : 'foreign';
}

const addressesOf = (port: PortWire) =>
  port.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address }));

const sameSet = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  canonical(a.map(canonical).toSorted()) === canonical(b.map(canonical).toSorted());

/** The change is refused by Neutron when somebody was quicker, where the cluster understands that. */
async function revisionOf(
  { deps, place }: RepairScene,
  thing: { revision_number?: number },
): Promise<number | undefined> {
  const understood = await clusterHas(deps, place.id, 'revision_if_match');
  return understood ? thing.revision_number : undefined;
}

/**
 * Another change since it was read, or our own whose answer got lost and which was sent again: the next try reads anew,
 * and may find that all is well.
 */
async function unlessChanged<T>(change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof OpenStackError && error.status === 412) throw changedMeanwhile(error.message);
    throw error;
  }
}

const changedMeanwhile = (detail: string): Fault =>
  new Fault({
    code: 'finding_subject_busy',
    category: 'conflict',
    detail: `It was changed while it was repaired: ${detail}`,
    retryable: true,
    whoCanFix: 'operator',
  });

export const noRepair = (what: string): Fault =>
  new Fault({
    code: 'finding_not_repairable',
    category: 'conflict',
    detail: `There is no repair for ${what}.`,
    whoCanFix: 'operator',
  });
