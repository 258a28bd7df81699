import { Fault } from '@ultron/kernel/fault';
import { type Block, type Family, parseAddress, parseBlock } from '@ultron/network/address-plan/block/block';

/** What is no address is nothing to compare. */
export const addressOf = (text: string): { family: Family; address: bigint } | null =>
  orNull(() => parseAddress(text, ''));

export const blockOf = (cidr: unknown): Block | null =>
  typeof cidr === 'string' ? orNull(() => parseBlock(cidr, '')) : null;

function orNull<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
