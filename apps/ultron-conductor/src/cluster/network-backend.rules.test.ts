import { NETWORK_BACKENDS, NETWORK_CAPABILITIES } from '@ultron/cluster/inventory/network-capability';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { networkBackendOf, networkCapabilitiesOf, type NetworkSigns } from './network-backend.rules.js';

const ML2 = ['multi-provider', 'agent', 'router', 'l3_agent_scheduler', 'dvr', 'l3-ha'];
const OVN = ['multi-provider', 'agent', 'router'];
const l3 = (mode: string, alive = true) => ({ type: 'L3 agent', alive, mode });
const other = (type: string, alive = true) => ({ type, alive, mode: undefined });

const signs = (changes: Partial<NetworkSigns>): NetworkSigns => ({
  extensions: ML2,
  agents: [],
  hasExternalNetwork: true,
  isAdministrator: true,
  ...changes,
});

describe('the network backend', () => {
  it.each([
    ['ovn', signs({ extensions: OVN, agents: [other('OVN Controller agent')] })],
    ['ovn', signs({ extensions: OVN })],
    ['ml2_ovs', signs({ agents: [other('Open vSwitch agent'), l3('legacy')] })],
    ['ml2_ovs_dvr', signs({ agents: [other('Open vSwitch agent'), l3('dvr'), l3('dvr_snat')] })],
    ['ml2_ovs_l3ha', signs({ agents: [l3('legacy'), l3('legacy')] })],
    // One of the two that HA needs is down.
    ['ml2_ovs', signs({ agents: [l3('legacy'), l3('legacy', false)] })],
    // Extensions alone promise what no agent may do.
    ['ml2_ovs', signs({})],
    ['legacy', signs({ extensions: ['router', 'security-group'] })],
    ['legacy', signs({ extensions: [] })],
  ])('is %s', (backend, seen) => expect(networkBackendOf(seen)).toBe(backend));

  it('is one of those that are known, whatever a cluster shows', () => {
    const mode = fc.constantFrom('legacy', 'dvr', 'dvr_snat', undefined);
    const type = fc.constantFrom('L3 agent', 'OVN Controller agent', 'Open vSwitch agent', 'Strange agent');
    const any = fc.record({
      extensions: fc.subarray([...ML2, 'qos', 'qos-fip', 'port-security']),
      agents: fc.array(fc.record({ type, alive: fc.boolean(), mode })),
      hasExternalNetwork: fc.boolean(),
      isAdministrator: fc.boolean(),
    });
    fc.assert(
      fc.property(any, (seen) => {
        expect(NETWORK_BACKENDS).toContain(networkBackendOf(seen));
        const capabilities = networkCapabilitiesOf(seen);
        expect(Object.keys(NETWORK_CAPABILITIES)).toEqual(expect.arrayContaining(capabilities));
        const routed = ['dvr', 'l3_ha', 'floating_ips', 'router_gateways'] as const;
        for (const name of routed)
          if (!capabilities.includes('routers')) expect(capabilities).not.toContain(name);
      }),
    );
  });
});

describe('what may be asked of it', () => {
  it('takes agents that are alive for routers that outlive their node', () => {
    const able = (agents: NetworkSigns['agents']) => networkCapabilitiesOf(signs({ agents }));
    expect(able([l3('legacy'), l3('legacy')])).toContain('l3_ha');
    expect(able([l3('legacy'), l3('legacy', false)])).not.toContain('l3_ha');
    expect(able([l3('dvr'), l3('dvr')])).not.toContain('l3_ha');
    const chassis = other('OVN Controller Gateway agent');
    expect(networkCapabilitiesOf(signs({ extensions: OVN, agents: [chassis, chassis] }))).toContain('l3_ha');
  });

  it('needs an external network for floating IPs, and an administrator for QoS policies', () => {
    const extensions = [...ML2, 'qos', 'qos-fip'];
    expect(networkCapabilitiesOf(signs({ extensions }))).toEqual(
      expect.arrayContaining(['floating_ips', 'router_gateways', 'qos_bandwidth_limit', 'qos_floating_ip']),
    );
    const inside = networkCapabilitiesOf(signs({ extensions, hasExternalNetwork: false }));
    expect(inside).toContain('routers');
    expect(inside).not.toContain('floating_ips');
    const member = networkCapabilitiesOf(signs({ extensions, isAdministrator: false }));
    expect(member).toContain('floating_ips');
    expect(member).not.toContain('qos_bandwidth_limit');
  });
});
