/** What became of an object since the lane last wrote it. */
export type Sighting = 'new' | 'changed' | 'back' | 'same';

/** The words of an id, which are as many as those of a hash. */
const ID_WORDS = 4;
const WORDS = 2 * ID_WORDS;
const SEEN = 1;
const MISSING = 2;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * What a lane wrote of each object: its id, its hash, whether it is missing, and whether this pass has met it. A lane
 * of a hundred thousand objects takes some 4 MB, where a map of strings would take twenty: 16 bytes for the id, 16
 * for the hash, found by open addressing.
 */
export class ObservedIndex {
  /** Of each entry: four words of the id, four of the hash. */
  private entries: Int32Array;
  private flags: Uint8Array;
  /** The number of an entry, counted from 1; 0 where none is. */
  private slots: Int32Array;
  /** The ids that are no UUIDs, which their words cannot give back. */
  private readonly texts = new Map<number, string>();
  /** Those texts again, to be found: they are few (flavors, zones, key pairs). */
  private readonly textEntries = new Map<string, number>();
  private count = 0;
  private seenCount = 0;

  constructor(expected = 64) {
    const room = Math.max(64, expected);
    this.entries = new Int32Array(room * WORDS);
    this.flags = new Uint8Array(room);
    this.slots = new Int32Array(slotsFor(room));
  }

  /** How many objects the index holds. */
  get size(): number {
    return this.count;
  }

  /** How many of them this pass has met. */
  get seen(): number {
    return this.seenCount;
  }

  /** Enters what the database holds. The hash has 16 bytes. */
  load(id: string, hash: Buffer, missing: boolean): void {
    const entry = this.entryOf(id) ?? this.add(id);
    const words = [0, 4, 8, 12].map((at) => hash.readInt32BE(at));
    this.entries.set(words, entry * WORDS + ID_WORDS);
    this.flags[entry] = missing ? MISSING : 0;
  }

  /** Meets an object, with its hash in hex: says what is to be written of it, and takes it for written. */
  see(id: string, hash: string): Sighting {
    const known = this.entryOf(id);
    if (known === undefined) {
      const entry = this.add(id);
      this.setHash(entry, hash);
      this.mark(entry);
      return 'new';
    }
    const wasMissing = ((this.flags[known] ?? 0) & MISSING) !== 0;
    this.mark(known);
    if (!this.hasHash(known, hash)) {
      this.setHash(known, hash);
      return 'changed';
    }
    return wasMissing ? 'back' : 'same';
  }

  /** Meets an object of which only the id was told. Whether it was missing until now; undefined when it is not known. */
  meet(id: string): boolean | undefined {
    const entry = this.entryOf(id);
    if (entry === undefined) return undefined;
    const wasMissing = ((this.flags[entry] ?? 0) & MISSING) !== 0;
    this.mark(entry);
    return wasMissing;
  }

  /** The objects that this pass did not meet. */
  *unseen(): Generator<{ id: string; missing: boolean }> {
    for (let entry = 0; entry < this.count; entry += 1) {
      const flags = this.flags[entry] ?? 0;
      if (!(flags & SEEN)) yield { id: this.idOf(entry), missing: (flags & MISSING) !== 0 };
    }
  }

  private mark(entry: number): void {
    if (!((this.flags[entry] ?? 0) & SEEN)) this.seenCount += 1;
    this.flags[entry] = SEEN;
  }

  private add(id: string): number {
    if ((this.count + 1) * WORDS > this.entries.length) this.grow();
    const entry = this.count;
    this.count += 1;
    if (UUID.test(id)) {
      this.entries.set(wordsOf(id), entry * WORDS);
      this.place(entry);
    } else {
      this.texts.set(entry, id);
      this.textEntries.set(id, entry);
    }
    return entry;
  }

  private entryOf(id: string): number | undefined {
    if (!UUID.test(id)) return this.textEntries.get(id);
    const [a, b, c, d] = wordsOf(id);
    const { entries, slots } = this;
    for (let slot = startOf(c, d, slots.length); ; slot = (slot + 1) & (slots.length - 1)) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) return undefined;
      const at = entry * WORDS;
      if (entries[at] === a && entries[at + 1] === b && entries[at + 2] === c && entries[at + 3] === d) {
        return entry;
      }
    }
  }

  private place(entry: number): void {
    const { entries, slots } = this;
    const at = entry * WORDS;
    let slot = startOf(entries[at + 2] ?? 0, entries[at + 3] ?? 0, slots.length);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = entry + 1;
  }

  private grow(): void {
    const room = this.flags.length * 2;
    const entries = new Int32Array(room * WORDS);
    entries.set(this.entries);
    this.entries = entries;
    const flags = new Uint8Array(room);
    flags.set(this.flags);
    this.flags = flags;
    this.slots = new Int32Array(slotsFor(room));
    for (let entry = 0; entry < this.count; entry += 1) if (!this.texts.has(entry)) this.place(entry);
  }

  private setHash(entry: number, hash: string): void {
    for (let word = 0; word < ID_WORDS; word += 1) {
      this.entries[entry * WORDS + ID_WORDS + word] = wordOf(hash.slice(word * 8, word * 8 + 8));
    }
  }

  private hasHash(entry: number, hash: string): boolean {
    for (let word = 0; word < ID_WORDS; word += 1) {
      const known = this.entries[entry * WORDS + ID_WORDS + word];
      if (known !== wordOf(hash.slice(word * 8, word * 8 + 8))) return false;
    }
    return true;
  }

  private idOf(entry: number): string {
    const text = this.texts.get(entry);
    if (text !== undefined) return text;
    const at = entry * WORDS;
    const hex = [0, 1, 2, 3].map((word) => hexOf(this.entries[at + word] ?? 0)).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
}

/** At most half of the slots are taken, so that a search ends soon. */
function slotsFor(room: number): number {
  return 2 ** Math.ceil(Math.log2(room * 2));
}

/** The last words of a UUID are random in every version that OpenStack makes. */
const startOf = (c: number, d: number, slots: number): number => (Math.imul(c, 31) ^ d) & (slots - 1);

const wordOf = (hex: string): number => Number.parseInt(hex, 16) | 0;

function wordsOf(uuid: string): [number, number, number, number] {
  return [
    wordOf(uuid.slice(0, 8)),
    wordOf(uuid.slice(9, 13) + uuid.slice(14, 18)),
    wordOf(uuid.slice(19, 23) + uuid.slice(24, 28)),
    wordOf(uuid.slice(28)),
  ];
}

const hexOf = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
