import { crc32 } from 'node:zlib';
import { KnownPages, type Group } from './known-pages.js';
import {
  CRC,
  DIGEST,
  HASH,
  hashWords,
  hexOf,
  ID,
  REVISION,
  WIDTH,
  wordOfRevision,
  wordsOf,
} from './index-entry.js';
import { stands, WordSlots, type Place, type Words } from './word-slots.js';

/** What became of an object since the lane last wrote it. */
export type Sighting = 'new' | 'changed' | 'back' | 'same';

/** What tells whether an index still is what the database holds. */
export interface IndexChecksum {
  count: number;
  missing: number;
  /** The sum of the CRC-32s of all hashes. */
  hashes: number;
}

const NO_HASH = Buffer.alloc(16);
const LEAST_ROOM = 64;
const SEEN = 1;
const MISSING = 2;
const DIGESTED = 4;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * What a lane wrote of each object: its id, its hash, whether it is missing, the digest of the bytes in which the
 * cluster last showed it, and whether this pass has met it. A lane of a hundred thousand objects takes some 7 MB, where
 * maps of strings would take fifty.
 */
export class ObservedIndex {
  private entries: Int32Array;
  private flags: Uint8Array;
  private byId: WordSlots;
  private byDigest: WordSlots;
  /** The ids that are no UUIDs, which their words cannot give back. */
  private readonly texts = new Map<number, string>();
  /** Those texts again, to be found: they are few (flavors, zones, key pairs). */
  private readonly textEntries = new Map<string, number>();
  private count = 0;
  private seenCount = 0;
  private missingCount = 0;
  private hashSum = 0;
  /** What is known by its bytes. */
  readonly known = new KnownPages(this);
  /** The latest change of any object that was ever met, by the cluster's clock in milliseconds. */
  newest: number | null = null;
  /** Whether it was told the revisions that the database holds. */
  hasRevisions = false;

  constructor() {
    this.entries = new Int32Array(LEAST_ROOM * WIDTH);
    this.flags = new Uint8Array(LEAST_ROOM);
    this.byId = new WordSlots(WIDTH, ID, LEAST_ROOM);
    this.byDigest = new WordSlots(WIDTH, DIGEST, LEAST_ROOM);
  }

  /** How many objects the index holds. */
  get size(): number {
    return this.count;
  }

  /** How many of them this pass has met. */
  get seen(): number {
    return this.seenCount;
  }

  get checksum(): IndexChecksum {
    return { count: this.count, missing: this.missingCount, hashes: this.hashSum };
  }

  /** A new pass has met nothing. */
  begin(): void {
    for (let entry = 0; entry < this.count; entry += 1) this.flags[entry] = this.flagsOf(entry) & ~SEEN;
    this.seenCount = 0;
    this.known.begin();
  }

  /** Enters what the database holds. The hash has 16 bytes. */
  load(id: string, hash: Buffer, missing: boolean): void {
    const entry = this.entryOf(id) ?? this.add(id);
    this.setHash(entry, hash);
    if (!missing) return;
    this.flags[entry] = MISSING;
    this.missingCount += 1;
  }

  /**
   * Takes over the digests of an index of the same lane, of objects that still have the hash that they had there: the
   * same bytes give the same hash.
   */
  adoptDigests(older: ObservedIndex): void {
    this.newest = older.newest;
    for (let from = 0; from < older.count; from += 1) {
      const entry = older.flagsOf(from) & DIGESTED ? this.entryOf(older.idOf(from)) : undefined;
      if (entry === undefined) continue;
      const hash = older.wordsAt(from, HASH);
      if (this.has(entry, HASH, hash)) this.setDigest(entry, older.wordsAt(from, DIGEST));
    }
  }

  /** Meets the object that was last shown in these bytes. Whether there is one; what is missing is to be read. */
  knows(digest: string): boolean {
    const entry = this.byDigest.find(this.entries, wordsOf(digest, DIGEST));
    if (entry === undefined) return false;
    const flags = this.flagsOf(entry);
    if ((flags & (DIGESTED | MISSING)) !== DIGESTED) return false;
    this.mark(entry);
    return true;
  }

  /** The objects that were last shown in these bytes; undefined unless all of them are known. */
  groupOf(digests: readonly string[]): Group | undefined {
    const entries = new Int32Array(digests.length);
    for (const [i, digest] of digests.entries()) {
      const entry = this.byDigest.find(this.entries, wordsOf(digest, DIGEST));
      if (entry === undefined) return undefined;
      entries[i] = entry;
    }
    const sums = this.sumsOf(entries);
    return sums && { entries, ...sums };
  }

  /** Meets the objects of a group, if each is there still and was shown in the same bytes ever since. */
  meetGroup({ entries, high, low }: Group): boolean {
    const now = this.sumsOf(entries);
    if (now?.high !== high || now.low !== low) return false;
    for (const entry of entries) this.mark(entry);
    return true;
  }

  /** What tells the digests of these entries from others; undefined when one has none or is missing. */
  private sumsOf(entries: Int32Array): Omit<Group, 'entries'> | undefined {
    let high = 0;
    let low = 0;
    for (const entry of entries) {
      if ((this.flagsOf(entry) & (DIGESTED | MISSING)) !== DIGESTED) return undefined;
      high += this.entries[entry * WIDTH + DIGEST.at] ?? 0;
      low += this.entries[entry * WIDTH + DIGEST.at + 1] ?? 0;
    }
    return { high, low };
  }

  /** Enters the revision that the database holds of an object, as long as it is the same object. */
  loadRevision(id: string, hash: Buffer, revision: number): void {
    const entry = this.entryOf(id);
    if (entry !== undefined && this.has(entry, HASH, hashWords(hash))) this.setRevision(entry, revision);
  }

  /** Meets an object, with its hash in hex: says what is to be written of it, and takes it for written. */
  see(id: string, hash: string, digest?: string, revision: number | null = null): Sighting {
    const known = this.entryOf(id);
    const entry = known ?? this.add(id);
    const sighting = known === undefined ? 'new' : this.sightingOf(known, hash);
    if (sighting === 'new' || sighting === 'changed') this.setHash(entry, Buffer.from(hash, 'hex'));
    this.mark(entry);
    if (digest !== undefined) this.setDigest(entry, wordsOf(digest, DIGEST));
    this.setRevision(entry, revision);
    return sighting;
  }

  /**
   * Meets an object of which only id and revision were told, and takes nothing for written: it stays `changed` or
   * `back` until it is seen as a whole. Without a revision it may always have changed.
   */
  meetAt(id: string, revision: number | null): Sighting {
    const entry = this.entryOf(id);
    if (entry === undefined) return 'new';
    const flags = this.flagsOf(entry);
    if (!(flags & SEEN)) this.seenCount += 1;
    this.flags[entry] = flags | SEEN;
    if (revision === null || this.entries[entry * WIDTH + REVISION] !== wordOfRevision(revision))
      return 'changed';
    return flags & MISSING ? 'back' : 'same';
  }

  /** Meets an object of which only the id was told. Whether it was missing until now; undefined when it is not known. */
  meet(id: string): boolean | undefined {
    const entry = this.entryOf(id);
    if (entry === undefined) return undefined;
    const wasMissing = (this.flagsOf(entry) & MISSING) !== 0;
    this.mark(entry);
    return wasMissing;
  }

  /** What was met is not there after all. */
  unmeet(id: string): void {
    const entry = this.entryOf(id);
    if (entry === undefined) return;
    const flags = this.flagsOf(entry);
    if (flags & SEEN) this.seenCount -= 1;
    this.flags[entry] = flags & ~SEEN;
  }

  /** The objects that this pass did not meet. */
  *unseen(): Generator<{ id: string; missing: boolean }> {
    for (let entry = 0; entry < this.count; entry += 1) {
      const flags = this.flagsOf(entry);
      if (!(flags & SEEN)) yield { id: this.idOf(entry), missing: (flags & MISSING) !== 0 };
    }
  }

  private sightingOf(entry: number, hash: string): Sighting {
    if (!this.has(entry, HASH, wordsOf(hash, HASH))) return 'changed';
    return this.flagsOf(entry) & MISSING ? 'back' : 'same';
  }

  private mark(entry: number): void {
    const flags = this.flagsOf(entry);
    if (!(flags & SEEN)) this.seenCount += 1;
    if (flags & MISSING) this.missingCount -= 1;
    this.flags[entry] = (flags & ~MISSING) | SEEN;
  }

  private add(id: string): number {
    if (this.count === this.flags.length) this.grow();
    const entry = this.count;
    this.count += 1;
    // Nothing hashes to all zeros but what was never hashed.
    this.entries[entry * WIDTH + CRC] = crc32(NO_HASH);
    this.hashSum += crc32(NO_HASH);
    if (UUID.test(id)) {
      this.entries.set(wordsOf(id.replaceAll('-', ''), ID), entry * WIDTH + ID.at);
      this.byId.place(this.entries, entry);
    } else {
      this.texts.set(entry, id);
      this.textEntries.set(id, entry);
    }
    return entry;
  }

  private entryOf(id: string): number | undefined {
    if (!UUID.test(id)) return this.textEntries.get(id);
    return this.byId.find(this.entries, wordsOf(id.replaceAll('-', ''), ID));
  }

  private setHash(entry: number, hash: Buffer): void {
    const crc = crc32(hash);
    this.hashSum += crc - ((this.entries[entry * WIDTH + CRC] ?? 0) >>> 0);
    this.entries[entry * WIDTH + CRC] = crc;
    this.entries.set(hashWords(hash), entry * WIDTH + HASH.at);
    // Whoever knows the bytes says so next.
    this.flags[entry] = this.flagsOf(entry) & ~DIGESTED;
  }

  private setDigest(entry: number, digest: Words): void {
    const isDigested = (this.flagsOf(entry) & DIGESTED) !== 0;
    if (isDigested && this.has(entry, DIGEST, digest)) return;
    this.entries.set(digest, entry * WIDTH + DIGEST.at);
    this.flags[entry] = this.flagsOf(entry) | DIGESTED;
    if (!this.byDigest.place(this.entries, entry)) this.placeDigests();
  }

  private setRevision(entry: number, revision: number | null): void {
    this.entries[entry * WIDTH + REVISION] = revision === null ? 0 : wordOfRevision(revision);
  }

  private grow(): void {
    const room = this.flags.length * 2;
    const entries = new Int32Array(room * WIDTH);
    entries.set(this.entries);
    this.entries = entries;
    const flags = new Uint8Array(room);
    flags.set(this.flags);
    this.flags = flags;
    this.byId = new WordSlots(WIDTH, ID, room);
    for (let entry = 0; entry < this.count; entry += 1) {
      if (!this.texts.has(entry)) this.byId.place(entries, entry);
    }
    this.placeDigests();
  }

  /** Leaves out those that were, and are not any more. */
  private placeDigests(): void {
    this.byDigest = new WordSlots(WIDTH, DIGEST, this.flags.length);
    for (let entry = 0; entry < this.count; entry += 1) {
      if (this.flagsOf(entry) & DIGESTED) this.byDigest.place(this.entries, entry);
    }
  }

  private flagsOf(entry: number): number {
    return this.flags[entry] ?? 0;
  }

  private has(entry: number, place: Place, words: Words): boolean {
    return stands(this.entries, entry * WIDTH + place.at, words);
  }

  private wordsAt(entry: number, { at, words }: Place): Words {
    const from = entry * WIDTH + at;
    return [...this.entries.subarray(from, from + words)];
  }

  private idOf(entry: number): string {
    const text = this.texts.get(entry);
    if (text !== undefined) return text;
    const hex = this.wordsAt(entry, ID).map(hexOf).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
}
