/**
 * Finds entries by a key of some words that stands in the entry itself, by open addressing. A key that changes is
 * placed once more; where it was before is recognized by its not being there any more.
 */
export class WordSlots {
  /** The number of an entry, counted from 1; 0 where none is. */
  private slots: Int32Array;
  private taken = 0;

  /** `key`: where in an entry of `width` words it stands, and its words. `room`: for so many entries. */
  constructor(
    private readonly width: number,
    private readonly key: Place,
    room: number,
  ) {
    this.slots = new Int32Array(slotsFor(room));
  }

  find(entries: Int32Array, words: Words): number | undefined {
    const { slots, width, key } = this;
    const mask = slots.length - 1;
    for (let slot = startOf(words.at(-2), words.at(-1)) & mask; ; slot = (slot + 1) & mask) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) return undefined;
      if (stands(entries, entry * width + key.at, words)) return entry;
    }
  }

  /** False when there is no room left: then all keys are to be placed in slots for more. */
  place(entries: Int32Array, entry: number): boolean {
    const { slots } = this;
    if (this.taken + 1 > slots.length * MOST_TAKEN) return false;
    const end = entry * this.width + this.key.at + this.key.words;
    const mask = slots.length - 1;
    let slot = startOf(entries[end - 2], entries[end - 1]) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry + 1;
    this.taken += 1;
    return true;
  }
}

/** Words of 32 bits, at least two. */
export type Words = readonly number[];

/** Some words of an entry. */
export interface Place {
  at: number;
  words: number;
}

/** Whether these words stand there. */
export function stands(entries: Int32Array, at: number, words: Words): boolean {
  for (let i = 0; i < words.length; i += 1) if (entries[at + i] !== words[i]) return false;
  return true;
}

/** So that a search ends soon. */
const MOST_TAKEN = 3 / 4;

/** All entries take half of them at most: a quarter is for keys that change. */
function slotsFor(room: number): number {
  return 2 ** Math.ceil(Math.log2(room * 2));
}

/** The last words of a UUID are random in every version that OpenStack makes; those of a digest are anyway. */
const startOf = (c = 0, d = 0): number => Math.imul(c, 31) ^ d;
