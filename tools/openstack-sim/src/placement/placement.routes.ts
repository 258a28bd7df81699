import type {
  InventoriesResponseWire,
  InventoryWire,
  PlacementVersionsWire,
  ResourceProviderListWire,
  ResourceProviderWire,
  UsagesResponseWire,
} from '@ultron/openstack/placement/resource-providers.wire';
import { ApiError, type Call, type Reply, param, reply, tokenOf } from '../http/call.js';
import { Router } from '../http/router.js';
import type { HostRow } from '../nova/compute.store.js';
import { ALLOCATION_RATIO, RESERVED_HOST_MEMORY_MB } from '../nova/hosts.rules.js';

export const placementRoutes = new Router()
  .add('GET', '/', showVersions, true)
  .add('GET', '/resource_providers', listProviders)
  .add('GET', '/resource_providers/:id', (call) => reply<ResourceProviderWire>(200, view(call, find(call))))
  .add('GET', '/resource_providers/:id/inventories', listInventories)
  .add('GET', '/resource_providers/:id/usages', showUsages)
  .add('GET', '/resource_providers/:id/traits', listTraits)
  .add('GET', '/resource_providers/:id/aggregates', listAggregates)
  .add('GET', '/allocation_candidates', listCandidates);

function showVersions(call: Call): Reply {
  return reply<PlacementVersionsWire>(200, {
    versions: [
      {
        id: 'v1.0',
        min_version: '1.0',
        max_version: `1.${call.cluster.profile.placementMax}`,
        status: 'CURRENT',
        links: [{ rel: 'self', href: '' }],
      },
    ],
  });
}

function requireAdmin(call: Call): void {
  if (!tokenOf(call).roles.includes('admin'))
    throw new ApiError(403, 'placement:resource_providers:list is disallowed by policy');
}

function listProviders(call: Call): Reply {
  requireAdmin(call);
  const name = call.query.get('name');
  const uuid = call.query.get('uuid');
  const rows = [...call.cluster.compute.hosts.values()].filter(
    (row) => (name === null || row.id === name) && (uuid === null || row.uuid === uuid),
  );
  return reply<ResourceProviderListWire>(200, { resource_providers: rows.map((row) => view(call, row)) });
}

function find(call: Call): HostRow {
  requireAdmin(call);
  const id = param(call, 'id');
  for (const row of call.cluster.compute.hosts.values()) if (row.uuid === id) return row;
  throw new ApiError(
    404,
    `No resource provider with uuid ${id} found : No resource provider with uuid ${id} found `,
  );
}

function view(call: Call, row: HostRow): ResourceProviderWire {
  const path = `/${call.cluster.name}/placement/resource_providers/${row.uuid}`;
  const rels = [
    'inventories',
    'usages',
    ...(call.microversion >= 1 ? ['aggregates'] : []),
    ...(call.microversion >= 6 ? ['traits'] : []),
    ...(call.microversion >= 11 ? ['allocations'] : []),
  ];
  return {
    uuid: row.uuid,
    name: row.id,
    generation: row.generation,
    links: [{ rel: 'self', href: path }, ...rels.map((rel) => ({ rel, href: `${path}/${rel}` }))],
    ...(call.microversion >= 14 ? { parent_provider_uuid: null, root_provider_uuid: row.uuid } : {}),
  };
}

function inventory(total: number, reserved: number, ratio: number): InventoryWire {
  return { total, reserved, min_unit: 1, max_unit: total, step_size: 1, allocation_ratio: ratio };
}

function listInventories(call: Call): Reply {
  const row = find(call);
  return reply<InventoriesResponseWire>(200, {
    inventories: {
      VCPU: inventory(row.vcpus, 0, ALLOCATION_RATIO.vcpus),
      MEMORY_MB: inventory(row.memoryMb, RESERVED_HOST_MEMORY_MB, ALLOCATION_RATIO.memoryMb),
      DISK_GB: inventory(row.diskGb, 0, ALLOCATION_RATIO.diskGb),
    },
    resource_provider_generation: row.generation,
  });
}

function showUsages(call: Call): Reply {
  const row = find(call);
  const used = call.cluster.lifecycle.ledger.usage(row.id);
  return reply<UsagesResponseWire>(200, {
    usages: { VCPU: used.vcpus, MEMORY_MB: used.memoryMb, DISK_GB: used.diskGb },
    resource_provider_generation: row.generation,
  });
}

const TRAITS = ['COMPUTE_NODE', 'COMPUTE_NET_ATTACH_INTERFACE', 'COMPUTE_VOLUME_ATTACH'];

function listTraits(call: Call): Reply {
  return reply(200, { traits: TRAITS, resource_provider_generation: find(call).generation });
}

function listAggregates(call: Call): Reply {
  return reply(200, { aggregates: [], resource_provider_generation: find(call).generation });
}

/** `GET /allocation_candidates?resources=VCPU:1,MEMORY_MB:512,DISK_GB:1` (1.12 and above: as a map). */
function listCandidates(call: Call): Reply {
  requireAdmin(call);
  const wanted = wantedResources(call);
  const limit = Number(call.query.get('limit') ?? Infinity);
  const rows = [...call.cluster.compute.hosts.values()]
    .filter((row) => fits(call, row, wanted))
    .slice(0, limit);
  return reply(200, {
    allocation_requests: rows.map((row) => ({
      allocations: { [row.uuid]: { resources: wanted } },
      ...(call.microversion >= 34 ? { mappings: { '': [row.uuid] } } : {}),
    })),
    provider_summaries: Object.fromEntries(rows.map((row) => [row.uuid, summary(call, row)])),
  });
}

const CLASSES = ['VCPU', 'MEMORY_MB', 'DISK_GB'] as const;
type Resources = Partial<Record<string, number>>;

function wantedResources(call: Call): Resources {
  const text = call.query.get('resources');
  if (!text) throw new ApiError(400, "Invalid query string parameters: 'resources' is a required property");
  const pairs = text.split(',').map((part) => part.split(':'));
  if (pairs.some(([name, count]) => !name || !/^\d+$/.test(count ?? '')))
    throw new ApiError(400, `Malformed resources string: ${text}`);
  return Object.fromEntries(pairs.map(([name = '', count]) => [name, Number(count)]));
}

function capacities(call: Call, row: HostRow) {
  const used = call.cluster.lifecycle.ledger.usage(row.id);
  return {
    VCPU: { capacity: row.vcpus * ALLOCATION_RATIO.vcpus, used: used.vcpus },
    MEMORY_MB: { capacity: row.memoryMb - RESERVED_HOST_MEMORY_MB, used: used.memoryMb },
    DISK_GB: { capacity: row.diskGb, used: used.diskGb },
  };
}

function fits(call: Call, row: HostRow, wanted: Resources): boolean {
  const have = capacities(call, row);
  const known = Object.keys(wanted).every((name) => (CLASSES as readonly string[]).includes(name));
  return known && CLASSES.every((name) => have[name].used + (wanted[name] ?? 0) <= have[name].capacity);
}

function summary(call: Call, row: HostRow) {
  return {
    resources: capacities(call, row),
    ...(call.microversion >= 17 ? { traits: TRAITS } : {}),
    ...(call.microversion >= 29 ? { parent_provider_uuid: null, root_provider_uuid: row.uuid } : {}),
  };
}
