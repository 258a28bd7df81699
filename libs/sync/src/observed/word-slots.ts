/** The words of a key. */
export const KEY_WORDS = 4;

/**
 * Finds entries by a key of four words that stands in the entry itself, by open addressing. A key that changes is
 * placed once more; where it was before is recognized by its not being there any more.
 */
export class WordSlots {
  /** The number of an entry, counted from 1; 0 where none is. */
  private slots: Int32Array;
  private taken = 0;

  /** `offset`: where in an entry of `width` words the key stands. `room`: for so many entries. */
  constructor(
    private readonly width: number,
    private readonly offset: number,
    room: number,
  ) {
    this.slots = new Int32Array(slotsFor(room));
  }

  find(entries: Int32Array, [a, b, c, d]: Words): number | undefined {
    const { slots, width, offset } = this;
    for (let slot = startOf(c, d, slots.length); ; slot = (slot + 1) & (slots.length - 1)) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) return undefined;
      const at = entry * width + offset;
      if (entries[at] === a && entries[at + 1] === b && entries[at + 2] === c && entries[at + 3] === d) {
        return entry;
      }
    }
  }

  /** False when there is no room left: then all keys are to be placed in slots for more. */
  place(entries: Int32Array, entry: number): boolean {
    const { slots } = this;
    if ((this.taken + 1) * 2 > slots.length) return false;
    const at = entry * this.width + this.offset;
    let slot = startOf(entries[at + 2] ?? 0, entries[at + 3] ?? 0, slots.length);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = entry + 1;
    this.taken += 1;
    return true;
  }
}

export type Words = readonly [number, number, number, number];

/** At most half of the slots are taken, so that a search ends soon. */
function slotsFor(room: number): number {
  return 2 ** Math.ceil(Math.log2(room * 2));
}

/** The last words of a UUID are random in every version that OpenStack makes; those of a digest are anyway. */
const startOf = (c: number, d: number, slots: number): number => (Math.imul(c, 31) ^ d) & (slots - 1);
