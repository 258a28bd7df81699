import { bitsOf, formatAddress, formatBlock } from '@ultron/network/address-plan/block/block';
import { addressOf, blockOf } from '../plan/address-text.rules.js';

/** Another address, or block, that may be used at a port; named as Neutron names it. */
export interface Pair {
  ip_address: string;
  mac_address: string | null;
}

/**
 * Pairs in one way of writing: with the address of the port itself where none was given, as Neutron fills it in, and
 * without the length of a block that is one address.
 */
export const normalPairs = (
  pairs: readonly { ip_address: string; mac_address?: string | null | undefined }[],
  ownMac: string | null,
): Pair[] =>
  pairs.map(({ ip_address: address, mac_address: mac }) => ({
    ip_address: normalAddress(address),
    mac_address: (mac ?? ownMac)?.toLowerCase() ?? null,
  }));

function normalAddress(text: string): string {
  const block = text.includes('/') ? blockOf(text) : null;
  if (block)
    return block.prefix === bitsOf(block.family)
      ? formatAddress(block.family, block.base)
      : formatBlock(block);
  const one = addressOf(text);
  return one ? formatAddress(one.family, one.address) : text;
}
