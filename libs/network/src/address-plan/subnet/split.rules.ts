import { Fault } from '@ultron/kernel/fault';
import { childAt, type Block } from '../block/block.js';
import { mergeBuddies, takeBlock } from '../block/buddy.rules.js';
import { largestSegment, unitsPerSubnet, type PrefixPolicy } from '../pool/pool.rules.js';

export interface Deal {
  clusterId: string;
  block: Block;
}

export interface Split {
  deals: Deal[];
  /** What nobody got, in blocks as large as a segment may be. */
  spares: Block[];
}

/**
 * Cuts a subnet evenly: a segment for every cluster, as large as they all can have one, the rest spare. The index of
 * the subnet in its VPC turns the order, so that no cluster always gets the low range.
 * @throws Fault `idc_without_clusters`, `too_many_clusters`
 */
export function splitEvenly(
  subnet: Block,
  policy: PrefixPolicy,
  clusters: readonly string[],
  index: number,
): Split {
  checkCount(clusters.length, policy);
  const prefix = Math.max(largestSegment(policy), policy.subnet + Math.ceil(Math.log2(clusters.length)));
  const turned = clusters.map((_, i) => clusters[(i + index) % clusters.length] ?? '');
  let free = wholeSegments(subnet, policy);
  const deals = turned.map((clusterId) => {
    const taken = takeBlock(free, prefix);
    if (!taken) throw new RangeError('a subnet has a segment for every cluster that was counted');
    free = taken.free;
    return { clusterId, block: taken.block };
  });
  return { deals, spares: mergeBuddies(free, largestSegment(policy)) };
}

/** The subnet in blocks as large as a segment may be. */
export function wholeSegments(subnet: Block, policy: PrefixPolicy): Block[] {
  const prefix = largestSegment(policy);
  return Array.from({ length: 2 ** (prefix - subnet.prefix) }, (_, i) => childAt(subnet, prefix, i));
}

function checkCount(count: number, policy: PrefixPolicy): void {
  if (count === 0) {
    throw new Fault({
      code: 'idc_without_clusters',
      category: 'invalid',
      detail: 'The IDC has no cluster that can take a part of the subnet.',
      whoCanFix: 'operator',
    });
  }
  const units = unitsPerSubnet(policy);
  if (count > units) {
    throw new Fault({
      code: 'too_many_clusters',
      category: 'invalid',
      detail: `A subnet of this pool can be divided among ${units} clusters, the IDC has ${count}.`,
      whoCanFix: 'operator',
      extra: { clusters: count, most: units },
    });
  }
}
