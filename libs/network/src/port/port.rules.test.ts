import { describe, expect, it } from '@jest/globals';
import type { PortIntent } from './port.repository.js';
import { MOST_ADDRESS_PAIRS, needsOf, portProblems } from './port.rules.js';

const intent = (change: Partial<PortIntent> = {}): PortIntent => ({
  name: '',
  description: '',
  adminStateUp: true,
  portSecurityEnabled: null,
  allowedAddressPairs: [],
  securityGroups: null,
  qosPolicyId: null,
  ...change,
});
const pointers = (change: Partial<PortIntent>): string[] =>
  portProblems(intent(change)).map(({ pointer }) => pointer);
const pair = (ip_address: string, mac_address?: string) => ({
  ip_address,
  ...(mac_address === undefined ? {} : { mac_address }),
});

describe('address pairs', () => {
  it.each(['192.0.2.7', '192.0.2.0/24', '0.0.0.0/0', '2001:db8::1', '2001:db8::/32'])('may be %s', (text) => {
    expect(pointers({ allowedAddressPairs: [pair(text, 'FA:16:3e:00:00:01')] })).toEqual([]);
  });

  it.each(['', 'x', '192.0.2.7/24', '192.0.2.0/33', '192.0.2', '1.2.3.4/8/8', 'fe80::1%eth0'])(
    'may not be %j',
    (text) => {
      expect(pointers({ allowedAddressPairs: [pair(text)] })).toEqual([
        '/allowed_address_pairs/0/ip_address',
      ]);
    },
  );

  it.each(['fa:16:3e', '01:00:5e:00:00:01', 'fa-16-3e-00-00-01'])('have no MAC address %s', (mac) => {
    expect(pointers({ allowedAddressPairs: [pair('192.0.2.7', mac)] })).toEqual([
      '/allowed_address_pairs/0/mac_address',
    ]);
  });

  it('are few, and each is there once', () => {
    const many = Array.from({ length: MOST_ADDRESS_PAIRS }, (_, i) => pair(`192.0.2.${i}`));
    expect(pointers({ allowedAddressPairs: many })).toEqual([]);
    expect(pointers({ allowedAddressPairs: [...many, pair('192.0.2.99')] })).toEqual([
      '/allowed_address_pairs',
    ]);
    expect(pointers({ allowedAddressPairs: [pair('192.0.2.1'), pair('192.0.2.1')] })).toEqual([
      '/allowed_address_pairs/1',
    ]);
  });

  it('and security groups need port security', () => {
    const change = { allowedAddressPairs: [pair('192.0.2.1')], securityGroups: ['web'] };
    expect(pointers({ ...change, portSecurityEnabled: false })).toEqual([
      '/allowed_address_pairs',
      '/security_groups',
    ]);
    expect(pointers({ ...change, portSecurityEnabled: true })).toEqual([]);
    expect(pointers({ portSecurityEnabled: false, securityGroups: [] })).toEqual([]);
  });
});

describe('what a port needs of its cluster', () => {
  it('is nothing for a plain one', () => {
    expect(needsOf(intent())).toEqual([]);
    expect(needsOf({ qosPolicyId: null, name: 'x' })).toEqual([]);
  });

  it('is named with the field that asks for it', () => {
    const change = {
      qosPolicyId: 'p',
      portSecurityEnabled: false,
      allowedAddressPairs: [pair('192.0.2.1')],
      securityGroups: ['web'],
    };
    expect(needsOf(change)).toEqual([
      { capability: 'qos_bandwidth_limit', pointer: '/qos_policy_id' },
      { capability: 'port_security', pointer: '/port_security_enabled' },
      { capability: 'allowed_address_pairs', pointer: '/allowed_address_pairs' },
      { capability: 'security_groups', pointer: '/security_groups' },
    ]);
  });
});
