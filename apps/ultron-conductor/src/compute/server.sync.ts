import { ServerObservationRepository } from '@ultron/compute/server/server-observation.repository';
import { isKnown, type AnyServer, type ServerFilter } from '@ultron/openstack/compute/servers';
import type { ServerFlavorWire, ServerWire } from '@ultron/openstack/compute/servers.wire';
import type { Listing, SiftableListing } from '@ultron/openstack/paging/listing';
import { mapListing, withDigest, type Json, type ObservedObject } from '@ultron/sync/kind/observed';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import type { ClusterSync, ClusterSyncKind } from '../sync/cluster-sync.js';
import { inOrder, sorted, timeOf } from '../sync/observed.translate.js';
import { privilegedListing } from '../sync/privileged-listing.js';

/** A page is about a megabyte: a conductor holds two pages for each of its passes. */
const PAGE_SIZE = 500;

/**
 * Nova tells what changed, recently deleted servers among it; what its operators have archived since then shows in a
 * full pass only. Addresses are not looked at: only Neutron has them right.
 */
export const serverSync: ClusterSyncKind = {
  kind: 'server',
  domain: 'compute',
  dependants: ['port'],
  strategy: (caps) =>
    caps.hasService('compute') ? { changes: 'changes_since', deletions: 'changes_since' } : null,
  list: (context, known) =>
    mapListing(
      privileged(context, { pageSize: PAGE_SIZE }, (servers) => servers.unlessKnown(known)),
      withDigest(observedServer),
    ),
  listChanged: (context, since) =>
    mapListing(
      privileged(context, { changesSince: since }, (servers) => servers),
      observedServer,
    ),
  find: async ({ cloud, call }, id) => {
    const server = await cloud.compute.servers.find(id, call);
    // A list of what changed goes on showing a deleted server for some time; so do some releases by id.
    return server && server.status !== 'DELETED' ? observedServer(server) : null;
  },
  expectedGone: (tx, clusterId, ids) => servers.deletedAmong(tx, clusterId, ids),
  applied: async (tx, clusterId, { written, askedAt }) => {
    const seen = written.filter((object) => !object.partial).map(rowOf);
    const spared = await servers.applyUnlessChanging(tx, clusterId, seen, askedAt);
    await objects.seenElsewhere(tx, { clusterId, kind: 'server' }, spared);
  },
};

const servers = new ServerObservationRepository();
const objects = new ObservedRepository();

const rowOf = ({ id, status, fields }: ObservedObject) => ({
  openstackId: id,
  status: status ?? '',
  taskState: (fields['task_state'] ?? null) as string | null,
  powerState: (fields['power_state'] ?? null) as number | null,
});

/** `as`: how the list is read. */
function privileged<T>(
  { cloud, call }: ClusterSync,
  filter: ServerFilter,
  as: (servers: SiftableListing<AnyServer>) => Listing<T>,
) {
  const list = (allProjects: boolean) =>
    as(cloud.compute.servers.listDetail({ ...filter, allProjects }, call));
  return privilegedListing(
    cloud,
    // Nothing follows from what a list of changes does not show: it does not count for the other.
    filter.changesSince ? 'changed servers' : 'servers',
    () => list(true),
    () => list(false),
  );
}

export function observedServer(server: AnyServer): ObservedObject {
  if (!isKnown(server)) return { ...briefOf(server), name: null, updatedAt: null, fields: {}, partial: true };
  return {
    ...briefOf(server),
    name: server.name,
    updatedAt: timeOf(server.updated),
    fields: fieldsOf(server),
    ...(server.status === 'DELETED' ? { deleted: true } : {}),
  };
}

const briefOf = (server: AnyServer) => ({
  id: server.id,
  projectId: server.tenant_id,
  status: server.status,
  parentId: null,
  revision: null,
});

const fieldsOf = (server: ServerWire): Record<string, Json> => ({
  task_state: server['OS-EXT-STS:task_state'] ?? null,
  vm_state: server['OS-EXT-STS:vm_state'] ?? null,
  power_state: server['OS-EXT-STS:power_state'] ?? null,
  host: server['OS-EXT-SRV-ATTR:host'] ?? null,
  hypervisor_hostname: server['OS-EXT-SRV-ATTR:hypervisor_hostname'] ?? null,
  instance_name: server['OS-EXT-SRV-ATTR:instance_name'] ?? null,
  availability_zone: server['OS-EXT-AZ:availability_zone'] || null,
  flavor: flavorOf(server.flavor),
  image_id: server.image ? server.image.id : null,
  user_id: server.user_id,
  key_name: server.key_name ?? null,
  metadata: inOrder(server.metadata),
  tags: sorted(server.tags),
  locked: server.locked ?? false,
  description: server.description ?? null,
  volumes: sorted(server['os-extended-volumes:volumes_attached']?.map((volume) => volume.id)),
  server_groups: sorted(server.server_groups),
  fault: server.fault ? { code: server.fault.code, message: server.fault.message } : null,
  created_at: timeOf(server.created)?.toISOString() ?? null,
  launched_at: timeOf(server['OS-SRV-USG:launched_at'])?.toISOString() ?? null,
});

/** An id below 2.47, the numbers themselves from then on. */
const flavorOf = (flavor: ServerFlavorWire): Json =>
  flavor.id === undefined
    ? {
        name: flavor.original_name ?? null,
        vcpus: flavor.vcpus ?? null,
        ram_mb: flavor.ram ?? null,
        disk_gb: flavor.disk ?? null,
        ephemeral_gb: flavor.ephemeral ?? null,
        swap_mb: flavor.swap ?? null,
      }
    : { id: flavor.id };
