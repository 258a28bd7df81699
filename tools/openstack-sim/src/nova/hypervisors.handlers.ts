import type {
  HypervisorBriefListWire,
  HypervisorListWire,
  HypervisorStatisticsWire,
  HypervisorWire,
} from '@ultron/openstack/compute/hypervisors.wire';
import { type Call, type Reply, param, reply } from '../http/call.js';
import { type Page, limitOf, nextHref, takePage } from '../http/paging.js';
import type { HostRow } from './compute.store.js';
import { RESERVED_HOST_MEMORY_MB } from './hosts.rules.js';
import { badRequest, notFound, requireAdmin } from './nova.errors.js';

/** `GET /os-hypervisors`. */
export function listHypervisors(call: Call): Reply {
  const page = hostPage(call);
  return reply<HypervisorBriefListWire>(200, {
    hypervisors: page.items.map((row) => ({ ...brief(call, row), ...servers(call, row) })),
    ...pageLinks(call, page, 'os-hypervisors'),
  });
}

/** `GET /os-hypervisors/detail`. */
export function listHypervisorsDetail(call: Call): Reply {
  const page = hostPage(call);
  return reply<HypervisorListWire>(200, {
    hypervisors: page.items.map((row) => view(call, row)),
    ...pageLinks(call, page, 'os-hypervisors/detail'),
  });
}

/** `GET /os-hypervisors/{id}`: a number below 2.53, a UUID from then on. */
export function showHypervisor(call: Call): Reply {
  requireAdmin(call, 'os_compute_api:os-hypervisors:show');
  const id = param(call, 'id');
  const row = hosts(call).find((host) => String(idOf(call, host)) === id);
  if (!row) throw notFound(`Hypervisor with ID '${id}' could not be found.`);
  return reply(200, { hypervisor: view(call, row) });
}

/** `GET /os-hypervisors/statistics`: gone from 2.88 on. */
export function showStatistics(call: Call): Reply {
  requireAdmin(call, 'os_compute_api:os-hypervisors:statistics');
  if (call.microversion >= 88) throw notFound('The resource could not be found.');
  const sum = {
    count: 0,
    vcpus: 0,
    vcpus_used: 0,
    memory_mb: 0,
    memory_mb_used: 0,
    free_ram_mb: 0,
    local_gb: 0,
    local_gb_used: 0,
    free_disk_gb: 0,
    disk_available_least: 0,
    current_workload: 0,
    running_vms: 0,
  };
  for (const host of hosts(call)) {
    const one = figures(call, host);
    sum.count++;
    for (const name of Object.keys(one) as (keyof typeof one)[]) sum[name] += one[name];
  }
  return reply<HypervisorStatisticsWire>(200, { hypervisor_statistics: sum });
}

function hosts(call: Call): HostRow[] {
  return [...call.cluster.compute.hosts.values()];
}

function hostPage(call: Call): Page<HostRow> {
  requireAdmin(call, 'os_compute_api:os-hypervisors:list-detail');
  const pattern = call.query.get('hypervisor_hostname_pattern');
  const rows = hosts(call).filter((row) => pattern === null || row.id.includes(pattern));
  if (call.microversion < 33) return { items: rows, more: false };
  const marker = call.query.get('marker');
  const at = rows.findIndex((row) => String(idOf(call, row)) === marker);
  if (marker !== null && at < 0) throw badRequest(`marker [${marker}] not found`);
  return takePage(rows.slice(at + 1), limitOf(call, 1000), () => true);
}

function pageLinks(
  call: Call,
  page: Page<HostRow>,
  path: string,
): Pick<HypervisorListWire, 'hypervisors_links'> {
  const last = page.items.at(-1);
  if (!page.more || !last) return {};
  return {
    hypervisors_links: [
      { rel: 'next', href: nextHref(call, `${call.base}/compute/v2.1/${path}`, String(idOf(call, last))) },
    ],
  };
}

const idOf = (call: Call, row: HostRow): number | string => (call.microversion >= 53 ? row.uuid : row.number);

function brief(call: Call, row: HostRow) {
  return {
    id: idOf(call, row),
    hypervisor_hostname: row.id,
    state: row.up ? ('up' as const) : ('down' as const),
    status: row.disabled ? ('disabled' as const) : ('enabled' as const),
  };
}

function view(call: Call, row: HostRow): HypervisorWire {
  return {
    ...brief(call, row),
    hypervisor_type: 'QEMU',
    hypervisor_version: 7002000,
    host_ip: row.address,
    service: {
      id: call.microversion >= 53 ? row.serviceUuid : row.number,
      host: row.id,
      disabled_reason: row.disabledReason,
    },
    ...(call.microversion >= 88 ? { uptime: null } : { ...figures(call, row), cpu_info: cpuInfo(call) }),
    ...servers(call, row),
  };
}

/** As Nova shows it: not the overcommitted figures, and what it reserves for the host counts as used. */
function figures(call: Call, row: HostRow) {
  const used = call.cluster.lifecycle.ledger.usage(row.id);
  const memoryUsed = used.memoryMb + RESERVED_HOST_MEMORY_MB;
  return {
    vcpus: row.vcpus,
    vcpus_used: used.vcpus,
    memory_mb: row.memoryMb,
    memory_mb_used: memoryUsed,
    free_ram_mb: row.memoryMb - memoryUsed,
    local_gb: row.diskGb,
    local_gb_used: used.diskGb,
    free_disk_gb: row.diskGb - used.diskGb,
    disk_available_least: row.diskGb - used.diskGb,
    current_workload: 0,
    running_vms: used.servers,
  };
}

function cpuInfo(call: Call): string | Record<string, unknown> {
  const info = {
    arch: 'x86_64',
    model: 'Nehalem',
    vendor: 'Intel',
    features: ['pge', 'clflush'],
    topology: { cores: 1, threads: 1, sockets: 4 },
  };
  return call.microversion >= 28 ? info : JSON.stringify(info);
}

function servers(call: Call, row: HostRow): Pick<HypervisorWire, 'servers'> {
  if (call.microversion < 53 || call.query.get('with_servers')?.toLowerCase() !== 'true') return {};
  const found = [...call.cluster.compute.liveByHost.get(row.id)].map((server) => ({
    name: server.name,
    uuid: server.id,
  }));
  return found.length > 0 || call.microversion >= 75 ? { servers: found } : {};
}
