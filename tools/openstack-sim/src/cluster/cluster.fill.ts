import { randomUUID } from 'node:crypto';
import { secondTime } from '../http/times.js';
import { bound, makeServerPort } from '../neutron/server-port.js';
import { defaultGroup } from '../neutron/default-group.js';
import type { FlavorRow, HostRow, ServerRow } from '../nova/compute.store.js';
import { POWER } from '../nova/server.state.js';
import type { Cluster } from './cluster.js';

/**
 * Puts running servers, each with so many ports, into the cluster, spread over its hosts as the scheduler would. They
 * and their ports were made `ageMs` ago and have not changed since.
 */
export function fillCluster(cluster: Cluster, count: number, portsEach = 1, ageMs = 0): void {
  const user = [...cluster.identity.users.values()][0];
  const network = [...cluster.network.networks.values()].find((row) => row['router:external'] !== true);
  const flavor = cluster.compute.flavors.get('1') ?? [...cluster.compute.flavors.values()][0];
  const image = [...cluster.image.images.values()][0];
  if (!user || !network || !flavor || !image)
    throw new Error('the cluster has no user, network, flavor or image to fill it with');
  for (let i = 0; i < count; i++) {
    const host = cluster.lifecycle.ledger.choose(flavor, null);
    if (!host) throw new Error(`no host of ${cluster.name} has room for server ${i + 1} of ${count}`);
    const server = runningServer(cluster, {
      at: cluster.clock.now() - ageMs,
      flavor,
      host,
      imageId: image.id,
      projectId: user.defaultProjectId,
      userId: user.id,
    });
    cluster.lifecycle.ledger.take(host.id, flavor);
    cluster.compute.servers.add(server);
    for (let each = 0; each < portsEach; each++) {
      const port = makeServerPort(
        cluster,
        { networkId: network.id },
        {
          projectId: user.defaultProjectId,
          securityGroups: [defaultGroup(cluster, user.defaultProjectId).id],
          at: secondTime(server.createdAt),
        },
      );
      server.ownPorts.push(port.id);
      cluster.network.updatePort(port, {
        device_id: server.id,
        device_owner: `compute:${host.zone}`,
        ...bound(cluster, host.id),
        status: 'ACTIVE',
      });
      port.updated_at = port.created_at;
    }
  }
  cluster.settled();
}

interface Facts {
  at: number;
  flavor: FlavorRow;
  host: HostRow;
  imageId: string;
  projectId: string;
  userId: string;
}

function runningServer(cluster: Cluster, facts: Facts): ServerRow {
  const number = cluster.compute.nextNumber();
  return {
    id: randomUUID(),
    number,
    name: `filled-${number}`,
    description: null,
    projectId: facts.projectId,
    userId: facts.userId,
    createdAt: facts.at,
    updatedAt: facts.at,
    launchedAt: facts.at,
    terminatedAt: null,
    vmState: 'active',
    taskState: null,
    powerState: POWER.running,
    flavor: facts.flavor,
    imageId: facts.imageId,
    keyName: null,
    metadata: {},
    tags: [],
    zone: facts.host.zone,
    requestedZone: null,
    hostname: `filled-${number}`,
    host: facts.host.id,
    userData: null,
    configDrive: false,
    diskConfig: 'MANUAL',
    accessIPv4: '',
    accessIPv6: '',
    reservationId: `r-${number.toString(36).padStart(8, '0')}`,
    launchIndex: 0,
    locked: false,
    lockedReason: null,
    securityGroups: ['default'],
    requestedNetworks: [],
    ownPorts: [],
    fault: null,
    actions: [],
    pending: null,
  };
}
