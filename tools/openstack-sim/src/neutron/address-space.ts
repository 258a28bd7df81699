import { type Cidr, formatAddress, parseAddress, parseCidr } from './address.rules.js';

interface Pool {
  first: bigint;
  last: bigint;
  /** Where the search for a free address goes on. */
  next: bigint;
}

/** The addresses of one subnet: which are taken, and the next free one from its allocation pools. */
export class AddressSpace {
  readonly #taken = new Set<string>();
  #pools: Pool[] = [];
  readonly #cidr: Cidr;

  constructor(cidr: string, pools: { start: string; end: string }[]) {
    const parsed = parseCidr(cidr);
    if (!parsed) throw new Error(`not a CIDR: ${cidr}`);
    this.#cidr = parsed;
    this.setPools(pools);
  }

  /** The pools from now on; what is taken stays so, also outside of them. */
  setPools(pools: { start: string; end: string }[]): void {
    this.#pools = pools.map(({ start, end }) => {
      const first = parseAddress(start)?.value ?? 0n;
      return { first, last: parseAddress(end)?.value ?? 0n, next: first };
    });
  }

  /** Whether a host may have the address: not the first of the subnet, nor the last of an IPv4 one. */
  contains(address: string): boolean {
    const parsed = parseAddress(address);
    if (parsed?.version !== this.#cidr.version) return false;
    const { version, prefix, first, last } = this.#cidr;
    const isPair = version === 4 && prefix > 30;
    return isPair
      ? parsed.value >= first && parsed.value <= last
      : parsed.value > first && (version === 6 ? parsed.value <= last : parsed.value < last);
  }

  isTaken(address: string): boolean {
    return this.#taken.has(this.#normal(address));
  }

  take(address: string): void {
    this.#taken.add(this.#normal(address));
  }

  release(address: string): void {
    this.#taken.delete(this.#normal(address));
  }

  /** A free address of the pools, not yet taken; undefined when there is none. */
  free(): string | undefined {
    for (const pool of this.#pools) {
      const found = this.#freeIn(pool);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #freeIn(pool: Pool): string | undefined {
    const size = pool.last - pool.first + 1n;
    const tries = size < BigInt(this.#taken.size + 1) ? size : BigInt(this.#taken.size + 1);
    for (let i = 0n; i < tries; i++) {
      const address = formatAddress(this.#cidr.version, pool.next);
      pool.next = pool.next >= pool.last ? pool.first : pool.next + 1n;
      if (!this.#taken.has(address)) return address;
    }
    return undefined;
  }

  #normal(address: string): string {
    const parsed = parseAddress(address);
    return parsed ? formatAddress(parsed.version, parsed.value) : address;
  }
}
