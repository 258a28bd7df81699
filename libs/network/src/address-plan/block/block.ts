import ipaddr from 'ipaddr.js';
import { Fault } from '@ultron/kernel/fault';

export type Family = 4 | 6;

/** A CIDR block. Addresses are numbers, so that one arithmetic serves IPv4 and IPv6. */
export interface Block {
  readonly family: Family;
  /** The first address; a multiple of the size. */
  readonly base: bigint;
  readonly prefix: number;
}

export function bitsOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

/** How many addresses the block has. */
export function sizeOf({ family, prefix }: Block): bigint {
  return 1n << BigInt(bitsOf(family) - prefix);
}

export function lastOf(block: Block): bigint {
  return block.base + sizeOf(block) - 1n;
}

export function sameBlock(a: Block, b: Block): boolean {
  return a.family === b.family && a.base === b.base && a.prefix === b.prefix;
}

export function contains(outer: Block, inner: Block): boolean {
  return outer.family === inner.family && outer.base <= inner.base && lastOf(inner) <= lastOf(outer);
}

export function holds(block: Block, address: bigint): boolean {
  return block.base <= address && address <= lastOf(block);
}

export function overlaps(a: Block, b: Block): boolean {
  return contains(a, b) || contains(b, a);
}

/** How many blocks of this prefix fit into the block. */
export function countOf(outer: Block, prefix: number): bigint {
  return prefix < outer.prefix ? 0n : 1n << BigInt(prefix - outer.prefix);
}

/** The `index`-th block of this prefix in the block, counted from 0. */
export function childAt(outer: Block, prefix: number, index: number | bigint): Block {
  const at = BigInt(index);
  if (at < 0n || at >= countOf(outer, prefix)) {
    throw new RangeError(`${formatBlock(outer)} has no /${prefix} number ${at}`);
  }
  const { family } = outer;
  return { family, prefix, base: outer.base + (at << BigInt(bitsOf(family) - prefix)) };
}

/** The place of the inner block among the blocks of its size in the outer one, counted from 0. */
export function indexOf(outer: Block, inner: Block): number {
  return Number((inner.base - outer.base) / sizeOf(inner));
}

/** The two blocks of which the block is made, the lower one first. */
export function halvesOf(block: Block): [Block, Block] {
  return [childAt(block, block.prefix + 1, 0), childAt(block, block.prefix + 1, 1)];
}

/** The block with which this one makes its parent. */
export function buddyOf(block: Block): Block {
  return { ...block, base: block.base ^ sizeOf(block) };
}

export function parentOf(block: Block): Block {
  const prefix = block.prefix - 1;
  return { ...block, prefix, base: block.base & ~sizeOf(block) };
}

/** For sorting: by address, the larger block first. */
export function byAddress(a: Block, b: Block): number {
  if (a.base !== b.base) return a.base < b.base ? -1 : 1;
  return a.prefix - b.prefix;
}

export function formatAddress(family: Family, address: bigint): string {
  return ipaddr.fromByteArray([...toBytes(family, address)]).toString();
}

export function formatBlock(block: Block): string {
  return `${formatAddress(block.family, block.base)}/${block.prefix}`;
}

/** The address in network byte order: how it is stored, and what sorts as the numbers do. */
export function toBytes(family: Family, address: bigint): Buffer {
  return Buffer.from(address.toString(16).padStart(bitsOf(family) / 4, '0'), 'hex');
}

export function fromBytes(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

/** @throws Fault `address_invalid` with the pointer of the field that holds the text. */
export function parseAddress(text: string, pointer: string): { family: Family; address: bigint } {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !isPlainIpv6(text)) {
    throw invalid('address_invalid', pointer, `${quoted(text)} is not an IP address.`);
  }
  const parsed = ipaddr.parse(text);
  const address = fromBytes(Buffer.from(parsed.toByteArray()));
  return { family: parsed.kind() === 'ipv4' ? 4 : 6, address };
}

/** @throws Fault `cidr_invalid` when it is no CIDR, `cidr_host_bits` when it does not begin where its block begins. */
export function parseBlock(text: string, pointer: string): Block {
  const [host = '', length = '', ...more] = text.split('/');
  const ofIp = ipaddr.IPv4.isValidFourPartDecimal(host) || isPlainIpv6(host);
  if (!ofIp || more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) {
    throw invalid('cidr_invalid', pointer, `${quoted(text)} is not a CIDR such as 10.0.0.0/16.`);
  }
  const { family, address } = parseAddress(host, pointer);
  const prefix = Number(length);
  if (prefix > bitsOf(family)) {
    const most = bitsOf(family);
    throw invalid('cidr_invalid', pointer, `An IPv${family} prefix has at most ${most} bits, not ${prefix}.`);
  }
  const host_bits = address & (sizeOf({ family, base: 0n, prefix }) - 1n);
  if (host_bits !== 0n) {
    const right = formatBlock({ family, base: address - host_bits, prefix });
    throw invalid('cidr_host_bits', pointer, `${text} has host bits set; its block is ${right}.`);
  }
  return { family, base: address, prefix };
}

/** The library also takes zones (`fe80::1%eth0`), which are no part of a plan. */
function isPlainIpv6(text: string): boolean {
  return !text.includes('%') && ipaddr.IPv6.isValid(text);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}

function invalid(code: string, pointer: string, detail: string): Fault {
  return new Fault({ code, category: 'invalid', detail, fields: [{ pointer, detail }] });
}
