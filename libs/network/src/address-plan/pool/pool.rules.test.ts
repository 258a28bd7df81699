import { describe, expect, it } from '@jest/globals';
import { parseBlock } from '../block/block.js';
import {
  checkPrefixes,
  DEFAULT_POOL_CIDR,
  DEFAULT_PREFIXES,
  largestSegment,
  subnetsPerVpc,
  unitsPerSubnet,
  vpcsPerPool,
  warningsOf,
} from './pool.rules.js';

const pool = parseBlock(DEFAULT_POOL_CIDR, '');

describe('a pool', () => {
  it('of the default has 4096 VPCs of 4 subnets of 8 units, and segments of one or two', () => {
    checkPrefixes(pool, DEFAULT_PREFIXES);
    expect(vpcsPerPool(pool, DEFAULT_PREFIXES)).toBe(4096n);
    expect(subnetsPerVpc(DEFAULT_PREFIXES)).toBe(4);
    expect(unitsPerSubnet(DEFAULT_PREFIXES)).toBe(8);
    expect(largestSegment(DEFAULT_PREFIXES)).toBe(24);
  });

  it.each(['11.0.0.0/8', '8.8.8.0/24', '0.0.0.0/0', '172.0.0.0/8', '2001:db8::/32'])(
    '%s comes with a warning',
    (cidr) => {
      expect(warningsOf(parseBlock(cidr, ''))).toHaveLength(1);
    },
  );

  it.each(['10.0.0.0/8', '10.3.0.0/16', '172.16.0.0/12', '192.168.4.0/22', '100.64.0.0/10', 'fd00::/8'])(
    '%s comes without',
    (cidr) => {
      expect(warningsOf(parseBlock(cidr, ''))).toEqual([]);
    },
  );

  it('names every prefix length that does not fit', () => {
    const attempt = () => checkPrefixes(pool, { vpc: 7, subnet: 40, segment: 31 });
    expect(attempt).toThrow(expect.objectContaining({ code: 'prefixes_invalid' }));
    try {
      attempt();
    } catch (error) {
      const pointers = (error as { fields: { pointer: string }[] }).fields.map(({ pointer }) => pointer);
      expect(pointers).toEqual(['/vpc_prefix', '/subnet_prefix', '/segment_prefix']);
    }
  });

  it('of IPv6 is refused for now', () => {
    const attempt = () => checkPrefixes(parseBlock('fd00::/16', ''), { vpc: 48, subnet: 56, segment: 64 });
    expect(attempt).toThrow(expect.objectContaining({ code: 'ipv6_unsupported' }));
  });
});
