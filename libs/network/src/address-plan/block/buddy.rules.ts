import { buddyOf, byAddress, halvesOf, parentOf, sameBlock, type Block } from './block.js';

/** A block taken out of free ones, and what is then free. */
export interface Taken {
  block: Block;
  /** The free block that it was, or that it was cut out of. */
  from: Block;
  free: Block[];
}

/**
 * Takes a block of the prefix out of free ones: of those that fit the smallest, then the lowest, so that large ones
 * stay whole. Null when none is large enough.
 */
export function takeBlock(free: readonly Block[], prefix: number): Taken | null {
  const fitting = free.filter((block) => block.prefix <= prefix);
  const [from] = fitting.toSorted((a, b) => b.prefix - a.prefix || byAddress(a, b));
  if (!from) return null;
  const rest = free.filter((block) => block !== from);
  let block = from;
  while (block.prefix < prefix) {
    const [low, high] = halvesOf(block);
    rest.push(high);
    block = low;
  }
  return { block, from, free: rest.toSorted(byAddress) };
}

/** Joins buddies until none are left, but into no block larger than `/largest`. */
export function mergeBuddies(free: readonly Block[], largest: number): Block[] {
  const merged: Block[] = [];
  // From the smallest blocks up, so that a block that was just made is looked at again.
  const queue = free.toSorted((a, b) => b.prefix - a.prefix || byAddress(a, b));
  for (let block = queue.shift(); block; block = queue.shift()) {
    const buddy = buddyOf(block);
    const at = queue.findIndex((other) => sameBlock(other, buddy));
    if (block.prefix <= largest || at < 0) {
      merged.push(block);
      continue;
    }
    queue.splice(at, 1);
    insertByPrefix(queue, parentOf(block));
  }
  return merged.toSorted(byAddress);
}

function insertByPrefix(queue: Block[], block: Block): void {
  const at = queue.findIndex((other) => other.prefix < block.prefix);
  queue.splice(at < 0 ? queue.length : at, 0, block);
}
