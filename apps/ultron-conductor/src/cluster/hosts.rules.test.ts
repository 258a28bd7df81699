import { describe, expect, it } from '@jest/globals';
import type { HypervisorWire } from '@ultron/openstack/compute/hypervisors.wire';
import fc from 'fast-check';
import { fitsOf, type Host, hostOf, sumOf, takesServers } from './hosts.rules.js';

const hypervisor = (changes: Partial<HypervisorWire> = {}): HypervisorWire => ({
  id: 'h',
  hypervisor_hostname: 'h',
  hypervisor_type: 'fake',
  hypervisor_version: 1,
  host_ip: '127.0.0.1',
  state: 'up',
  status: 'enabled',
  service: { id: 's', host: 'h', disabled_reason: null },
  vcpus: 8,
  vcpus_used: 2,
  memory_mb: 16_384,
  memory_mb_used: 2560,
  local_gb: 100,
  local_gb_used: 10,
  running_vms: 2,
  ...changes,
});

describe('hostOf', () => {
  it('takes the raw figures where no ratio is known', () => {
    expect(hostOf(hypervisor())).toEqual({
      servers: 2,
      total: { vcpus: 8, ramMb: 16_384, diskGb: 100 },
      used: { vcpus: 2, ramMb: 2560, diskGb: 10 },
    });
  });

  it('overcommits as Placement does, and counts what is reserved once', () => {
    const inventory = {
      VCPU: { allocation_ratio: 16, reserved: 0 },
      MEMORY_MB: { allocation_ratio: 1.5, reserved: 512 },
    };
    const { total, used } = hostOf(hypervisor(), inventory);
    expect(total).toEqual({ vcpus: 128, ramMb: 23_808, diskGb: 100 });
    expect(used).toEqual({ vcpus: 2, ramMb: 2048, diskGb: 10 });
  });
});

describe('takesServers', () => {
  it('leaves out hosts that are down or disabled, and bare metal', () => {
    expect(takesServers(hypervisor({ hypervisor_type: 'ironic' }))).toBe(false);
    expect(takesServers(hypervisor())).toBe(true);
    expect(takesServers(hypervisor({ state: 'down' }))).toBe(false);
    expect(takesServers(hypervisor({ status: 'disabled' }))).toBe(false);
  });
});

const dimensions = fc.record({ vcpus: fc.nat(64), ramMb: fc.nat(65_536), diskGb: fc.nat(500) });
const host: fc.Arbitrary<Host> = fc.record({ servers: fc.nat(9), total: dimensions, used: dimensions });

describe('fitsOf', () => {
  it('does not add up pieces on different hosts', () => {
    const half = {
      servers: 0,
      total: { vcpus: 3, ramMb: 8192, diskGb: 80 },
      used: { vcpus: 0, ramMb: 0, diskGb: 0 },
    };
    const size = { vcpus: 2, ramMb: 2048, diskGb: 20 };
    expect(fitsOf([half, half], size)).toBe(2);
    expect(fitsOf([half, half], { ...size, vcpus: 4 })).toBe(0);
    expect(fitsOf([half], { vcpus: 0, ramMb: 0, diskGb: 0 })).toBeNull();
  });

  it('is never more than the sums allow, and grows with every host', () => {
    const size = { vcpus: 2, ramMb: 2048, diskGb: 0 };
    fc.assert(
      fc.property(fc.array(host), host, (hosts, more) => {
        const fits = fitsOf(hosts, size) ?? 0;
        expect(fits * size.vcpus).toBeLessThanOrEqual(sumOf(hosts).total.vcpus);
        expect(fitsOf([...hosts, more], size)).toBeGreaterThanOrEqual(fits);
      }),
    );
  });
});
