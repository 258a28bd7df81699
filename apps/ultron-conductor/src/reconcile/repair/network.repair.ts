import { CHANGING } from '@ultron/network/lifecycle/lifecycle.state';
import {
  NETWORK_TASK,
  networkTask,
  type FloatingIpDeleteInput,
  type PortDeleteInput,
} from '@ultron/network/lifecycle/network-task';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import { purposeOf } from '../../network/segment-infra.js';
import { mended, moot, type Repair, subjectBusy, wishOf } from './repair.js';

/** The port is gone from its cluster: it is deleted as if its owner had asked, and its address becomes free in time. */
export const forgetPort: Repair = async (scene) => {
  const { deps, finding, cloud, call, place } = scene;
  const wish = await wishOf(scene);
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
  const wish = await wishOf(scene);
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

/** Nobody is handed the address any more, as long as the port has it. */
export const takeAddressOut: Repair = async (scene) => {
  const { deps, finding, cloud, call, place } = scene;
  const { address, vpc_id: vpcId } = finding.evidence;
  if (typeof address !== 'string' || typeof vpcId !== 'string' || !finding.openstackId)
    return moot('the finding does not say which address');
  const port = await cloud.network.ports.find(finding.openstackId, call);
  if (!port?.fixed_ips.some((ip) => ip.ip_address === address))
    return moot('the port does not have it any more');
  const withdrawal = { vpcId, clusterId: place.id, address, purpose: purposeOf(port), portId: port.id };
  return mended(`${address} was taken out of the plan`, async (tx) => {
    const outcome = await deps.withdrawals.takeOutIn(tx, withdrawal);
    if (outcome === 'held') throw subjectBusy(`the address ${address}`);
  });
};
