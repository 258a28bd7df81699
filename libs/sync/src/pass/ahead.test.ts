import { describe, expect, it } from '@jest/globals';
import { ahead } from './ahead.js';
import { InHand } from './in-hand.js';
import { Patience } from './patience.js';

const PAGE = ['a', 'b'];

/** A list of so many pages that counts how many were asked for, and can fail at one. */
class Source implements AsyncIterable<readonly string[]> {
  asked = 0;
  closed = false;

  constructor(
    private readonly pages: number,
    private readonly failsAt = Number.POSITIVE_INFINITY,
  ) {}

  [Symbol.asyncIterator](): AsyncIterator<readonly string[]> {
    return {
      next: async () => {
        this.asked += 1;
        await Promise.resolve();
        if (this.asked > this.failsAt) throw new Error('the page cannot be read');
        return this.asked > this.pages ? { done: true, value: undefined } : { done: false, value: PAGE };
      },
      return: async () => {
        this.closed = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const pagesOf = (source: Source, inHand?: InHand) => ahead(source, new Patience(() => 0), inHand);

/** How many of three pages had been asked for while each was worked at. */
async function askedFor(inHand?: InHand): Promise<number[]> {
  const source = new Source(3);
  const asked: number[] = [];
  for await (const page of pagesOf(source, inHand)) {
    await settle();
    expect(page).toEqual(PAGE);
    asked.push(source.asked);
  }
  return asked;
}

describe('pages that are got ahead', () => {
  it('gets the next one while one is worked at, and no more', async () => {
    expect(await askedFor()).toEqual([2, 3, 4]);
  });

  it('gets it only afterwards when much is in hand', async () => {
    expect(await askedFor(new InHand(2))).toEqual([1, 2, 3]);
  });

  it('leaves nothing in hand, whether it ends, is left early, or fails', async () => {
    const counted = new InHand(5);
    for await (const page of pagesOf(new Source(3), counted)) expect(page).toEqual(PAGE);
    const left = new Source(3);
    for await (const page of pagesOf(left, counted)) {
      expect(page).toEqual(PAGE);
      break;
    }
    await expect(
      (async () => {
        for await (const page of pagesOf(new Source(3, 2), counted)) expect(page).toEqual(PAGE);
      })(),
    ).rejects.toThrow('cannot be read');
    await settle();
    expect(left.closed).toBe(true);
    counted.take(4);
    expect(counted.isFull).toBe(false);
    counted.take(1);
    expect(counted.isFull).toBe(true);
  });
});
