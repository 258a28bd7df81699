import { createHash } from 'node:crypto';
import { imagePaths } from '../glance/image.store.js';
import { secondTime } from '../http/times.js';
import { stableKeystoneId } from '../keystone/identity.store.js';
import { parseCidr } from '../neutron/address.rules.js';
import { defaultGroup } from '../neutron/default-group.js';
import { serveNetwork } from '../neutron/service-port.js';
import { poolsOf } from '../neutron/subnets.rules.js';
import type { Cluster } from './cluster.js';

export const DEFAULT_USER = 'ultron';
export const DEFAULT_PASSWORD = 'ultron-simulator';
export const DEFAULT_PROJECT = 'ultron';

/** An id that is the same in every run for the same cluster and thing. */
function stableId(cluster: Cluster, ...parts: string[]): string {
  const hex = createHash('sha256')
    .update([cluster.name, ...parts].join('/'))
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What a fresh cluster holds; `index` tells clusters apart where they must differ (address ranges). */
export function seedCluster(cluster: Cluster, index: number): void {
  seedIdentity(cluster);
  seedFlavors(cluster);
  seedImage(cluster);
  seedNetworks(cluster, index);
  seedHosts(cluster);
}

function seedIdentity(cluster: Cluster): void {
  const { identity, options } = cluster;
  const projectName = options.projectName ?? DEFAULT_PROJECT;
  account(
    cluster,
    options.username ?? DEFAULT_USER,
    options.password ?? DEFAULT_PASSWORD,
    projectName,
    'admin',
  );
  account(cluster, 'demo', options.password ?? DEFAULT_PASSWORD, 'demo', 'member');
  identity.projects.add({
    id: stableKeystoneId(cluster.name, 'project', 'service'),
    name: 'service',
    description: '',
    enabled: true,
  });
}

function account(
  cluster: Cluster,
  userName: string,
  password: string,
  projectName: string,
  role: 'admin' | 'member',
): void {
  const { identity } = cluster;
  const projectId = stableKeystoneId(cluster.name, 'project', projectName);
  const userId = stableKeystoneId(cluster.name, 'user', userName);
  if (!identity.projects.get(projectId))
    identity.projects.add({ id: projectId, name: projectName, description: '', enabled: true });
  identity.users.add({ id: userId, name: userName, password, enabled: true, defaultProjectId: projectId });
  identity.assign(userId, projectId, role === 'admin' ? ['admin', 'member', 'reader'] : ['member', 'reader']);
}

const FLAVORS: [id: string, name: string, vcpus: number, ram: number, disk: number][] = [
  ['1', 'm1.tiny', 1, 512, 1],
  ['2', 'm1.small', 1, 2048, 20],
  ['3', 'm1.medium', 2, 4096, 40],
  ['4', 'm1.large', 4, 8192, 80],
];

function seedFlavors(cluster: Cluster): void {
  for (const [id, name, vcpus, ram, disk] of FLAVORS) {
    cluster.compute.flavors.add({
      id,
      name,
      vcpus,
      ram,
      disk,
      ephemeral: 0,
      swap: 0,
      isPublic: true,
      description: null,
      extraSpecs: {},
    });
  }
}

function seedImage(cluster: Cluster): void {
  const now = secondTime(cluster.clock.now());
  const id = stableId(cluster, 'image', 'cirros');
  cluster.image.images.add({
    id,
    ...imagePaths(id),
    name: 'cirros',
    status: 'active',
    visibility: 'public',
    owner: stableKeystoneId(cluster.name, 'project', cluster.options.projectName ?? DEFAULT_PROJECT),
    protected: false,
    container_format: 'bare',
    disk_format: 'qcow2',
    size: 21430272,
    virtual_size: 117440512,
    min_disk: 0,
    min_ram: 0,
    checksum: '87617e24a5e30cb3b87fe8c0764838f9',
    os_hash_algo: 'sha512',
    os_hash_value: createHash('sha512').update('cirros').digest('hex'),
    os_hidden: false,
    stores: 'file',
    created_at: now,
    updated_at: now,
    tags: [],
  });
}

function seedNetworks(cluster: Cluster, index: number): void {
  const project = stableKeystoneId(cluster.name, 'project', cluster.options.projectName ?? DEFAULT_PROJECT);
  defaultGroup(cluster, project);
  network(cluster, {
    name: 'public',
    project,
    external: true,
    cidr: `172.24.${index % 256}.0/24`,
    subnet: 'public-subnet',
  });
  network(cluster, {
    name: 'private',
    project,
    external: false,
    cidr: `10.${16 + (index % 224)}.0.0/16`,
    subnet: 'private-subnet',
  });
}

interface SeedNetwork {
  name: string;
  project: string;
  external: boolean;
  cidr: string;
  subnet: string;
}

function network(cluster: Cluster, seed: SeedNetwork): void {
  const id = stableId(cluster, 'network', seed.name);
  cluster.network.networks.add({
    ...common(cluster, id, seed.name, seed.project),
    status: 'ACTIVE',
    admin_state_up: true,
    shared: false,
    'router:external': seed.external,
    mtu: seed.external ? 1500 : 1450,
    port_security_enabled: true,
    availability_zone_hints: [],
    availability_zones: ['nova'],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    'provider:network_type': seed.external ? 'flat' : 'vxlan',
    'provider:physical_network': seed.external ? 'public' : null,
    'provider:segmentation_id': seed.external ? null : 1,
  });
  subnet(cluster, id, seed);
  serveNetwork(cluster, id);
}

function subnet(cluster: Cluster, networkId: string, seed: SeedNetwork): void {
  const cidr = parseCidr(seed.cidr);
  if (!cidr) throw new Error(`not a CIDR: ${seed.cidr}`);
  const gateway = seed.cidr.replace(/0\/\d+$/, '1');
  cluster.network.subnets.add({
    ...common(cluster, stableId(cluster, 'subnet', seed.subnet), seed.subnet, seed.project),
    network_id: networkId,
    ip_version: 4,
    cidr: seed.cidr,
    gateway_ip: gateway,
    enable_dhcp: !seed.external,
    allocation_pools: poolsOf(undefined, cidr, gateway),
    dns_nameservers: [],
    host_routes: [],
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    subnetpool_id: null,
  });
}

function common(cluster: Cluster, id: string, name: string, projectId: string) {
  const now = secondTime(cluster.clock.now());
  return {
    id,
    name,
    tenant_id: projectId,
    project_id: projectId,
    description: '',
    created_at: now,
    updated_at: now,
    revision_number: 1,
    tags: [] as string[],
  };
}

function seedHosts(cluster: Cluster): void {
  const { hosts = 20, host, cells = 1 } = cluster.options;
  for (let number = 1; number <= hosts; number++) {
    const name = `${cluster.name}-compute-${String(number).padStart(3, '0')}`;
    cluster.compute.hosts.add({
      id: name,
      uuid: stableId(cluster, 'host', name),
      serviceUuid: stableId(cluster, 'service', name),
      number,
      cell: `cell${((number - 1) % cells) + 1}`,
      zone: 'nova',
      address: `192.168.${Math.floor(number / 250)}.${(number % 250) + 1}`,
      vcpus: host?.vcpus ?? 64,
      memoryMb: host?.memoryMb ?? 262_144,
      diskGb: host?.diskGb ?? 4096,
      disabledReason: null,
      disabled: false,
      up: true,
      generation: 1,
    });
  }
}
