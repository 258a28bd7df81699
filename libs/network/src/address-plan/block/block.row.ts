import { fromBytes, toBytes, type Block } from './block.js';

/** The columns in which a block is kept; the length of the base tells the family. */
export interface BlockColumns {
  base: Buffer;
  prefix: number;
}

export function toBlock({ base, prefix }: BlockColumns): Block {
  return { family: base.length === 4 ? 4 : 6, base: fromBytes(base), prefix };
}

export function baseOf(block: Block): Buffer {
  return toBytes(block.family, block.base);
}
