import { Fault, type FieldFault } from '@ultron/kernel/fault';
import { bitsOf, countOf, overlaps, parseBlock, type Block } from '../block/block.js';

/** The prefix lengths of what a pool is divided into. */
export interface PrefixPolicy {
  vpc: number;
  subnet: number;
  /** The unit of dealing; a segment is one unit, or two that are buddies. */
  segment: number;
}

/** The plan of a pool when nothing else is said: 4096 VPCs of 4 subnets of 8 units of 128 addresses. */
export const DEFAULT_POOL_CIDR = '11.0.0.0/8';
export const DEFAULT_PREFIXES: PrefixPolicy = { vpc: 20, subnet: 22, segment: 25 };

/** An allocation reads the held addresses of a segment; more than these would make it slow. */
const LARGEST_SEGMENT_BITS = 12;
/** A segment loses up to five addresses to the network itself; a smaller one would have none left. */
const SMALLEST_SEGMENT_BITS = 4;
/** A subnet has a row for each of its segments, a VPC one for each subnet. */
const MOST_UNITS_BITS = 6;
const MOST_SUBNETS_BITS = 8;

/** Ranges for private use: RFC 1918, RFC 6598 (shared), RFC 4193. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map((cidr) =>
  parseBlock(cidr, ''),
);

/** A segment is one unit or two: a larger one would not leave enough to deal out. */
export function largestSegment(policy: PrefixPolicy): number {
  return Math.max(policy.segment - 1, policy.subnet);
}

/** How many units a subnet has: 8 by default. */
export function unitsPerSubnet(policy: PrefixPolicy): number {
  return 2 ** (policy.segment - policy.subnet);
}

/** How many subnets a VPC has: 4 by default. */
export function subnetsPerVpc(policy: PrefixPolicy): number {
  return 2 ** (policy.subnet - policy.vpc);
}

export function vpcsPerPool(block: Block, policy: PrefixPolicy): bigint {
  return countOf(block, policy.vpc);
}

/** @throws Fault `prefixes_invalid`, with one entry per length that does not fit. */
export function checkPrefixes(pool: Block, policy: PrefixPolicy): void {
  if (pool.family === 6) {
    throw new Fault({
      code: 'ipv6_unsupported',
      category: 'invalid',
      detail: 'Pools of IPv6 addresses are not supported yet.',
      fields: [{ pointer: '/cidr', detail: 'Give an IPv4 CIDR.' }],
    });
  }
  const fields = wrongPrefixes(pool, policy);
  if (fields.length === 0) return;
  throw new Fault({
    code: 'prefixes_invalid',
    category: 'invalid',
    detail: 'The prefix lengths of the pool, its VPCs, subnets and segments do not fit into each other.',
    fields,
  });
}

function wrongPrefixes(pool: Block, { vpc, subnet, segment }: PrefixPolicy): FieldFault[] {
  const bits = bitsOf(pool.family);
  const lengths: [string, number, number, number][] = [
    ['/vpc_prefix', vpc, pool.prefix, bits],
    ['/subnet_prefix', subnet, vpc, vpc + MOST_SUBNETS_BITS],
    [
      '/segment_prefix',
      segment,
      Math.max(subnet, bits - LARGEST_SEGMENT_BITS),
      Math.min(subnet + MOST_UNITS_BITS, bits - SMALLEST_SEGMENT_BITS),
    ],
  ];
  return lengths
    .filter(([, length, least, most]) => !Number.isInteger(length) || length < least || length > most)
    .map(([pointer, length, least, most]) => ({
      pointer,
      detail: `/${length} is not between /${least} and /${most}.`,
    }));
}

/** What an operator must know of the pool before using it. */
export function warningsOf(pool: Block): string[] {
  if (PRIVATE.some((block) => block.prefix <= pool.prefix && overlaps(block, pool))) return [];
  return [
    'The pool is public address space: what its true owner serves there cannot be reached from these networks, ' +
      'and the addresses must never be announced outside. Private ranges are 10.0.0.0/8, 172.16.0.0/12 and ' +
      '192.168.0.0/16.',
  ];
}
