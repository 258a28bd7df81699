import { randomUUID } from 'node:crypto';
import type {
  FlavorBriefListWire,
  FlavorCreateWire,
  FlavorExtraSpecsWire,
  FlavorListWire,
  FlavorResponseWire,
  FlavorWire,
} from '@ultron/openstack/compute/flavors.wire';
import { bodyMember, isRecord } from '../http/body.js';
import { type Call, type Reply, empty, param, reply } from '../http/call.js';
import { type Page, cutShort, limitOf, nextHref, takePage } from '../http/paging.js';
import type { FlavorRow } from './compute.store.js';
import { links } from './links.js';
import { badRequest, conflict, isAdmin, notFound, requireAdmin } from './nova.errors.js';

/** `GET /flavors/detail`. */
export function listFlavorsDetail(call: Call): Reply {
  const page = flavorPage(call);
  return reply<FlavorListWire>(200, {
    flavors: page.items.map((row) => view(call, row)),
    ...pageLinks(call, page, 'flavors/detail'),
  });
}

/** `GET /flavors`. */
export function listFlavors(call: Call): Reply {
  const page = flavorPage(call);
  return reply<FlavorBriefListWire>(200, {
    flavors: page.items.map((row) => ({
      id: row.id,
      name: row.name,
      links: links(call, 'flavors', row.id),
      ...(call.microversion >= 55 ? { description: row.description } : {}),
    })),
    ...pageLinks(call, page, 'flavors'),
  });
}

function flavorPage(call: Call): Page<FlavorRow> {
  const rows = [...call.cluster.compute.flavors.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const marker = call.query.get('marker');
  const at = rows.findIndex((row) => row.id === marker);
  if (marker !== null && at < 0) throw badRequest(`marker [${marker}] not found`);
  const minRam = Number(call.query.get('minRam') ?? 0);
  const minDisk = Number(call.query.get('minDisk') ?? 0);
  const fits = (row: FlavorRow) => row.ram >= minRam && row.disk >= minDisk && publicTest(call, row);
  return cutShort(takePage(rows.slice(at + 1), limitOf(call, 1000), fits), call);
}

/** `is_public`: administrators may ask for the others, or with `none` for all. */
function publicTest(call: Call, row: FlavorRow): boolean {
  const asked = (call.query.get('is_public') ?? 'true').toLowerCase();
  if (!isAdmin(call)) return row.isPublic;
  return asked === 'none' || row.isPublic === ['true', '1'].includes(asked);
}

function pageLinks(call: Call, page: Page<FlavorRow>, path: string): Pick<FlavorListWire, 'flavors_links'> {
  const last = page.items.at(-1);
  return page.more && last
    ? { flavors_links: [{ rel: 'next', href: nextHref(call, `${call.base}/compute/v2.1/${path}`, last.id) }] }
    : {};
}

/** `GET /flavors/{id}`. */
export function showFlavor(call: Call): Reply {
  return reply<FlavorResponseWire>(200, { flavor: view(call, find(call)) });
}

/** `POST /flavors` (administrators). */
export function createFlavor(call: Call): Reply {
  requireAdmin(call, 'os_compute_api:os-flavor-manage:create');
  const given = bodyMember(call, 'flavor') as unknown as FlavorCreateWire;
  const { flavors } = call.cluster.compute;
  const id = given.id && given.id !== 'auto' ? String(given.id) : randomUUID();
  if (flavors.get(id)) throw conflict(`Flavor with ID ${id} already exists.`);
  if ([...flavors.values()].some((row) => row.name === given.name))
    throw conflict(`Flavor with name ${given.name} already exists.`);
  const row: FlavorRow = {
    id,
    name: given.name,
    vcpus: Number(given.vcpus),
    ram: Number(given.ram),
    disk: Number(given.disk),
    ephemeral: Number(given['OS-FLV-EXT-DATA:ephemeral'] ?? 0),
    swap: Number(given.swap ?? 0),
    isPublic: given['os-flavor-access:is_public'] ?? true,
    description: call.microversion >= 55 ? (given.description ?? null) : null,
    extraSpecs: {},
  };
  flavors.add(row);
  return reply<FlavorResponseWire>(200, { flavor: view(call, row) });
}

/** `DELETE /flavors/{id}` (administrators). */
export function deleteFlavor(call: Call): Reply {
  requireAdmin(call, 'os_compute_api:os-flavor-manage:delete');
  call.cluster.compute.flavors.remove(find(call));
  return empty(202);
}

/** `GET /flavors/{id}/os-extra_specs`. */
export function listExtraSpecs(call: Call): Reply {
  return reply<FlavorExtraSpecsWire>(200, { extra_specs: find(call).extraSpecs });
}

/** `POST /flavors/{id}/os-extra_specs` (administrators): merges. */
export function createExtraSpecs(call: Call): Reply {
  requireAdmin(call, 'os_compute_api:os-flavor-extra-specs:create');
  const row = find(call);
  const given = isRecord(call.body) && isRecord(call.body['extra_specs']) ? call.body['extra_specs'] : {};
  for (const [key, value] of Object.entries(given)) row.extraSpecs[key] = String(value);
  call.cluster.compute.flavors.changed(row);
  return reply<FlavorExtraSpecsWire>(200, { extra_specs: row.extraSpecs });
}

function find(call: Call): FlavorRow {
  const row = call.cluster.compute.flavors.get(param(call, 'id'));
  if (!row) throw notFound(`Flavor ${param(call, 'id')} could not be found.`);
  return row;
}

function view(call: Call, row: FlavorRow): FlavorWire {
  return {
    id: row.id,
    name: row.name,
    vcpus: row.vcpus,
    ram: row.ram,
    disk: row.disk,
    swap: row.swap === 0 && call.microversion < 75 ? '' : row.swap,
    rxtx_factor: 1,
    links: links(call, 'flavors', row.id),
    'OS-FLV-EXT-DATA:ephemeral': row.ephemeral,
    'os-flavor-access:is_public': row.isPublic,
    'OS-FLV-DISABLED:disabled': false,
    ...(call.microversion >= 55 ? { description: row.description } : {}),
    ...(call.microversion >= 61 ? { extra_specs: row.extraSpecs } : {}),
  };
}
