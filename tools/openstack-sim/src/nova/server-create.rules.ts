import type { ServerCreateWire, ServerNetworkWire } from '@ultron/openstack/compute/servers.wire';
import { ApiError, type Call } from '../http/call.js';
import type { FlavorRow, RequestedNetwork } from './compute.store.js';
import { badRequest, conflict, isAdmin, projectOf } from './nova.errors.js';
import { usageOf } from './hosts.rules.js';

export interface CreatePlan {
  flavor: FlavorRow;
  count: number;
  networks: RequestedNetwork[];
  zone: string | null;
}

const KNOWN = new Set([
  'name',
  'flavorRef',
  'imageRef',
  'networks',
  'metadata',
  'user_data',
  'key_name',
  'security_groups',
  'availability_zone',
  'config_drive',
  'block_device_mapping_v2',
  'block_device_mapping',
  'min_count',
  'max_count',
  'return_reservation_id',
  'personality',
  'adminPass',
  'OS-DCF:diskConfig',
  'accessIPv4',
  'accessIPv6',
]);
/** Members that came with a microversion; before it they are refused. */
const SINCE: Record<string, number> = {
  description: 19,
  tags: 52,
  host: 74,
  hypervisor_hostname: 74,
  hostname: 90,
};

/** Everything that Nova's API checks before it answers; the messages are Nova's. */
export function planCreate(call: Call, given: ServerCreateWire): CreatePlan {
  checkMembers(call, given);
  const flavor = flavorOf(call, given);
  checkImage(call, given, flavor);
  checkKey(call, given);
  const zone = zoneOf(call, given);
  const networks = networksOf(call, given);
  const count = countOf(given, networks);
  checkGroups(call, given);
  checkQuota(call, flavor, count);
  return { flavor, count, networks, zone };
}

function checkMembers(call: Call, given: ServerCreateWire): void {
  for (const name of Object.keys(given)) {
    const since = SINCE[name];
    if (KNOWN.has(name) || (since !== undefined && call.microversion >= since)) continue;
    throw badRequest(
      `Invalid input for field/attribute server. Additional properties are not allowed ('${name}' was unexpected)`,
    );
  }
  if (given.personality !== undefined && call.microversion >= 57) {
    throw badRequest(
      "Invalid input for field/attribute server. Additional properties are not allowed ('personality' was unexpected)",
    );
  }
  if (typeof given.name !== 'string' || given.name.trim() === '' || given.name.length > 255) {
    throw badRequest(`Invalid input for field/attribute name. Value: ${String(given.name)}.`);
  }
  checkMetadata(given.metadata);
}

/** Texts of at most 255 characters, at most 128 of them (`nova/conf/quota.py`, `metadata_items`). */
export function checkMetadata(metadata: Record<string, unknown> | undefined): void {
  const entries = Object.entries(metadata ?? {});
  const bad = entries.find(
    ([key, value]) => key === '' || key.length > 255 || typeof value !== 'string' || value.length > 255,
  );
  if (bad) throw badRequest(`Invalid input for field/attribute ${bad[0]}. Value: ${String(bad[1])}.`);
  if (entries.length > 128) throw new ApiError(403, 'Maximum number of metadata items exceeds 128');
}

function flavorOf(call: Call, given: ServerCreateWire): FlavorRow {
  const id =
    String(given.flavorRef ?? '')
      .split('/')
      .at(-1) ?? '';
  const flavor = call.cluster.compute.flavors.get(id);
  if (!flavor) throw badRequest(`Flavor ${id} could not be found.`);
  return flavor;
}

function checkImage(call: Call, given: ServerCreateWire, flavor: FlavorRow): void {
  if (!given.imageRef) throw new ApiError(501, 'The simulator boots from images only.');
  const image = call.cluster.image.images.get(given.imageRef);
  if (!image) throw badRequest('Can not find requested image');
  if (image.status !== 'active') throw badRequest(`Image ${image.id} is not active.`);
  if (flavor.ram < image.min_ram) throw badRequest("Flavor's memory is too small for requested image.");
  if (flavor.disk > 0 && flavor.disk < image.min_disk) {
    throw badRequest(
      `Flavor's disk is too small for requested image. Flavor disk is ${flavor.disk * 1024 ** 3} bytes, minimum size is ${image.min_disk * 1024 ** 3} bytes.`,
    );
  }
}

function checkKey(call: Call, given: ServerCreateWire): void {
  if (!given.key_name) return;
  const found = [...call.cluster.compute.keypairs.values()].some(
    (key) => key.name === given.key_name && key.userId === call.token?.user.id,
  );
  if (!found) throw badRequest('Invalid key_name provided.');
}

function zoneOf(call: Call, given: ServerCreateWire): string | null {
  const [zone, host] = (given.availability_zone ?? '').split(':');
  if (!zone) return null;
  if (host && !isAdmin(call))
    throw new ApiError(
      403,
      "Policy doesn't allow os_compute_api:servers:create:forced_host to be performed.",
    );
  const known = [...call.cluster.compute.hosts.values()].some((row) => row.zone === zone);
  if (!known) throw badRequest('The requested availability zone is not available');
  return zone;
}

function networksOf(call: Call, given: ServerCreateWire): RequestedNetwork[] {
  const { networks } = given;
  if (networks === undefined && call.microversion >= 37)
    throw badRequest("Invalid input for field/attribute server. 'networks' is a required property");
  if (networks === 'none') return [];
  if (networks === undefined || networks === 'auto') return theOnlyNetwork(call);
  if (!Array.isArray(networks)) throw badRequest('Bad networks format');
  if (networks.length === 0) return theOnlyNetwork(call);
  const seen = new Set<string>();
  return networks.map((wanted) => networkOf(call, wanted, seen));
}

function theOnlyNetwork(call: Call): RequestedNetwork[] {
  const project = projectOf(call);
  const usable = [...call.cluster.network.networks.values()].filter(
    (row) => row['router:external'] !== true && (row.project_id === project || row.shared),
  );
  if (usable.length > 1)
    throw conflict('Multiple possible networks found, use a Network ID to be more specific.');
  return usable.map((row) => ({ networkId: row.id }));
}

function networkOf(call: Call, wanted: ServerNetworkWire, seen: Set<string>): RequestedNetwork {
  if (wanted.port) return portOf(call, wanted.port, seen);
  const network = wanted.uuid ? call.cluster.network.networks.get(wanted.uuid) : undefined;
  if (!wanted.uuid || !network) throw badRequest(`Network ${String(wanted.uuid)} could not be found.`);
  if (wanted.fixed_ip) checkFixedIp(call, wanted.uuid, wanted.fixed_ip);
  if (call.cluster.network.subnetsByNetwork.get(network.id).size === 0) {
    throw badRequest(`Network ${network.id} requires a subnet in order to boot instances on.`);
  }
  return { networkId: network.id, ...(wanted.fixed_ip ? { fixedIp: wanted.fixed_ip } : {}) };
}

function portOf(call: Call, id: string, seen: Set<string>): RequestedNetwork {
  const port = call.cluster.network.ports.get(id);
  const mine = port && (isAdmin(call) || port.project_id === projectOf(call));
  if (!port || !mine) throw badRequest(`Port ${id} could not be found.`);
  if (port.device_id !== '' || seen.has(id)) throw conflict(`Port ${id} is still in use.`);
  if (port.fixed_ips.length === 0) throw badRequest(`Port ${id} requires a FixedIP in order to be used.`);
  seen.add(id);
  return { networkId: port.network_id, portId: id };
}

function checkFixedIp(call: Call, networkId: string, address: string): void {
  const { network } = call.cluster;
  for (const subnet of network.subnetsByNetwork.get(networkId)) {
    if (network.space(subnet.id).contains(address) && network.space(subnet.id).isTaken(address)) {
      throw badRequest(`Fixed IP address ${address} is already in use on instance on network ${networkId}.`);
    }
  }
}

function countOf(given: ServerCreateWire, networks: RequestedNetwork[]): number {
  const min = Number(given.min_count ?? 1);
  const max = Number(given.max_count ?? min);
  if (min > max) throw badRequest('min_count must be <= max_count');
  if (max > 1 && networks.some((wanted) => wanted.portId)) {
    throw badRequest(
      'Unable to launch multiple instances with a single configured port ID. Please launch your instance one by one with different ports.',
    );
  }
  if (max > 1 && networks.some((wanted) => wanted.fixedIp))
    throw badRequest('max_count cannot be greater than 1 if an fixed_ip is specified.');
  return max;
}

function checkGroups(call: Call, given: ServerCreateWire): void {
  const groups = [...call.cluster.network.groupsByProject.get(projectOf(call))];
  for (const { name } of given.security_groups ?? []) {
    if (name === 'default') continue;
    const found = groups.filter((group) => group.name === name || group.id === name);
    if (found.length === 0) throw badRequest(`Security group ${name} not found.`);
    if (found.length > 1)
      throw conflict(`Multiple security groups found matching '${name}'. Use an ID to be more specific.`);
  }
}

/** Nova says 403 for a quota, not 413 (`servers.py`, `OverQuota`). */
function checkQuota(call: Call, flavor: FlavorRow, count: number): void {
  const { instances, cores, ram } = call.cluster.quotas.of(projectOf(call));
  if (call.effects.quota) throw over('instances', count, 10, 10);
  if (instances < 0 && cores < 0 && ram < 0) return;
  const used = usageOf(call.cluster.compute.liveOf(projectOf(call)).after());
  const asked: [string, number, number, number][] = [
    ['instances', count, used.servers, instances],
    ['cores', count * flavor.vcpus, used.vcpus, cores],
    ['ram', count * flavor.ram, used.memoryMb, ram],
  ];
  for (const [name, wanted, has, limit] of asked)
    if (limit >= 0 && has + wanted > limit) throw over(name, wanted, has, limit);
}

function over(name: string, wanted: number, used: number, limit: number): ApiError {
  return new ApiError(
    403,
    `Quota exceeded for ${name}: Requested ${wanted}, but already used ${used} of ${limit} ${name}`,
  );
}
