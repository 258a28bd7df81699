import type { Place, Words } from './word-slots.js';

/**
 * The words of an entry: its id, half of its hash and the CRC-32 of all of it, the digest of its bytes, and its
 * revision, 0 while not known. In 64 bits no lane of any size has two hashes or digests alike by accident.
 */
export const ID: Place = { at: 0, words: 4 };
export const HASH: Place = { at: 4, words: 2 };
export const CRC = 6;
export const DIGEST: Place = { at: 7, words: 2 };
export const REVISION = 9;
export const WIDTH = 10;

/** Never 0 for a revision that there is. */
export const wordOfRevision = (revision: number): number => (revision + 1) | 0;

/** As many words as have their place there, of eight hexadecimal digits each. */
export const wordsOf = (hex: string, { words }: Place): Words =>
  Array.from({ length: words }, (_, i) => Number.parseInt(hex.slice(8 * i, 8 * i + 8), 16) | 0);

export const hashWords = (hash: Buffer): Words => [hash.readInt32BE(0), hash.readInt32BE(4)];

export const hexOf = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
