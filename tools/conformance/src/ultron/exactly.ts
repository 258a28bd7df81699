import { expect } from '@jest/globals';
import type { MainJob } from './main-job.js';

/**
 * What Ultron shows and what the clusters hold are the same servers, so many of them, each once, running, with one port
 * of its own each; and nothing else in the clusters bears Ultron's marks.
 */
export async function expectExactly(job: MainJob, count: number): Promise<void> {
  const shown = await job.servers();
  const { servers, ports } = await job.watch.owned();
  expect(tally(shown.map((server) => server.status))).toEqual(count ? { active: count } : {});
  expect(tally(servers.map((server) => server.status))).toEqual(count ? { ACTIVE: count } : {});
  expect(servers.map((server) => server.metadata['ultron_id']).sort()).toEqual(
    shown.map((server) => server.id).sort(),
  );
  expect(servers.map((server) => server.id).sort()).toEqual(
    shown.map((server) => server.openstack_id).sort(),
  );
  expect(ports.map((port) => port.device_id).sort()).toEqual(servers.map((server) => server.id).sort());
  const addresses = (of: string[][]) => of.flat().sort();
  expect(addresses(ports.map((port) => port.fixed_ips.map((ip) => ip.ip_address)))).toEqual(
    addresses(shown.map((server) => server.addresses.map((address) => address.ip_address))),
  );
}

function tally(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
