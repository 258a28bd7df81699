import type { CallOptions } from '@ultron/openstack/call';
import type { NetworkService } from '@ultron/openstack/network/network.service';
import type { Seen } from '@ultron/reconcile/compare/compare.facts';
import type { SubjectKind } from '@ultron/reconcile/finding/finding.kinds';
import { floatingIpSource } from '@ultron/reconcile/intent/floating-ip.source';
import { type IntentSource, justSeen } from '@ultron/reconcile/intent/intent.source';
import { portSource } from '@ultron/reconcile/intent/port.source';
import { routerSource } from '@ultron/reconcile/intent/router.source';
import { subnetSource } from '@ultron/reconcile/intent/subnet.source';
import type { ObservedObject } from '@ultron/sync/kind/observed';
import { observedFloatingIp } from '../../network/floating-ip.sync.js';
import { observedPort } from '../../network/port.sync.js';
import { observedRouter } from '../../network/router.sync.js';
import { observedSubnet } from '../../network/subnet.sync.js';
import type { RepairScene } from './repair.js';

/** A thing of Neutron as the cluster shows it at this moment, told as a lane tells it. */
export interface FreshLook {
  seen: Seen;
  revision: number | null;
}

type Find = (network: NetworkService, id: string, call: CallOptions) => Promise<ObservedObject | null>;

const THINGS: Partial<Record<SubjectKind, { source: IntentSource; find: Find }>> = {
  port: { source: portSource, find: finding(({ ports }) => ports, observedPort) },
  subnet: { source: subnetSource, find: finding(({ subnets }) => subnets, observedSubnet) },
  router: { source: routerSource, find: finding(({ routers }) => routers, observedRouter) },
  floating_ip: {
    source: floatingIpSource,
    find: finding(({ floatingIps }) => floatingIps, observedFloatingIp),
  },
};

/** What the cluster has under the id; null when it has nothing. */
export async function lookAt(
  { finding: { subjectKind }, cloud, call }: RepairScene,
  id: string,
): Promise<FreshLook | null> {
  const thing = THINGS[subjectKind];
  const object = await thing?.find(cloud.network, id, call);
  return thing && object
    ? { seen: justSeen(thing.source, object, new Date()), revision: object.revision }
    : null;
}

function finding<Wire>(
  of: (network: NetworkService) => { find(id: string, call?: CallOptions): Promise<Wire | null> },
  observed: (wire: Wire) => ObservedObject,
): Find {
  return async (network, id, call) => {
    const wire = await of(network).find(id, call);
    return wire && observed(wire);
  };
}
