import { describe, expect, it } from '@jest/globals';
import { BatchWriter } from './batch-writer.js';

const ok = <T>(result: T) => ({ ok: true as const, result });
const later = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

describe('a batch writer', () => {
  it('writes the calls of one turn together, and gives each its own result', async () => {
    const sizes: number[] = [];
    const writer = new BatchWriter<number, number>({
      maxItems: 100,
      flush: async (items) => {
        sizes.push(items.length);
        return items.map((item) => ok(item * 2));
      },
    });
    const results = await Promise.all([1, 2, 3].map((item) => writer.write(item)));
    expect(results).toEqual([2, 4, 6]);
    expect(sizes).toEqual([3]);
  });

  it('keeps to the size of a batch and to the number of flushes', async () => {
    let flushing = 0;
    let most = 0;
    const sizes: number[] = [];
    const writer = new BatchWriter<number, number>({
      maxItems: 4,
      maxFlushes: 2,
      flush: async (items) => {
        most = Math.max(most, ++flushing);
        sizes.push(items.length);
        await later();
        flushing--;
        return items.map(ok);
      },
    });
    await Promise.all(Array.from({ length: 17 }, (_, index) => writer.write(index)));
    expect(most).toBe(2);
    expect(Math.max(...sizes)).toBe(4);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(17);
  });

  it('lets one bad item fail alone', async () => {
    const writer = new BatchWriter<number, number>({
      maxItems: 10,
      splitOn: () => true,
      flush: async (items) => {
        if (items.includes(2)) throw new Error('bad two');
        return items.map(ok);
      },
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map((item) => writer.write(item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails all when the flush says that it is nobody’s fault, and goes on afterwards', async () => {
    let away = true;
    const writer = new BatchWriter<number, number>({
      maxItems: 10,
      splitOn: () => false,
      flush: async (items) => {
        if (away) throw new Error('away');
        return items.map(ok);
      },
    });
    const outcomes = await Promise.allSettled([1, 2].map((item) => writer.write(item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect(await writer.write(3)).toBe(3);
  });

  it('passes on what the flush says of single items', async () => {
    const writer = new BatchWriter<number, number>({
      maxItems: 10,
      flush: async (items) =>
        items.map((item) => (item === 1 ? ok(1) : { ok: false as const, error: new Error('no') })),
    });
    const outcomes = await Promise.allSettled([1, 2].map((item) => writer.write(item)));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
  });
});
