import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ObservedObject } from '../kind/observed.js';
import { askFor } from './questions.js';

type Fate = 'found' | 'absent' | 'fails';
const FATES = fc.array(fc.constantFrom<Fate>('found', 'absent', 'absent', 'fails'), { maxLength: 60 });
const objectOf = (id: string): ObservedObject => ({
  id,
  name: null,
  projectId: null,
  status: null,
  parentId: null,
  revision: null,
  updatedAt: null,
  fields: {},
});
const idsOf = (all: readonly { id: string }[]): string[] => all.map(({ id }) => id);

function ask(fates: readonly Fate[], signal = new AbortController().signal, before?: (id: string) => void) {
  const asked: string[] = [];
  const find = async (id: string): Promise<ObservedObject | null> => {
    asked.push(id);
    before?.(id);
    await Promise.resolve();
    const fate = fates[Number(id)];
    if (fate === 'fails') throw new Error(id);
    return fate === 'found' ? objectOf(id) : null;
  };
  const wanted = fates.map((_, index) => ({ id: String(index) }));
  return askFor(wanted, find, signal).then((answers) => ({ answers, asked, wanted }));
}

describe('questions by id', () => {
  it('give for each object that was asked for what the cluster said, whatever becomes of the others', async () => {
    await fc.assert(
      fc.asyncProperty(FATES, async (fates) => {
        const { answers, asked } = await ask(fates);
        const { found, absent, failed, error } = answers;
        expect(idsOf([...found, ...absent, ...failed]).toSorted()).toEqual(asked.toSorted());
        expect(new Set(asked).size).toBe(asked.length);
        for (const [some, fate] of [
          [found, 'found'],
          [absent, 'absent'],
          [failed, 'fails'],
        ] as const)
          expect(idsOf(some).filter((id) => fates[Number(id)] !== fate)).toEqual([]);
        expect(error === undefined).toBe(failed.length === 0);
      }),
    );
  });

  it('are asked of all, unless many fail', async () => {
    await fc.assert(
      fc.asyncProperty(FATES, async (fates) => {
        const { answers, asked, wanted } = await ask(fates);
        if (answers.failed.length < 8) expect(asked).toEqual(idsOf(wanted));
      }),
    );
    const { asked } = await ask(Array.from({ length: 200 }, () => 'fails'));
    expect(asked.length).toBeLessThan(20);
  });

  it('are asked no more when the pass is over, which keeps what was answered', async () => {
    const stop = new AbortController();
    const reason = new Error('too late');
    const fates = Array.from({ length: 200 }, (): Fate => 'absent');
    const { answers, asked } = await ask(fates, stop.signal, (id) => id === '50' && stop.abort(reason));
    expect(answers.error).toBe(reason);
    expect(asked.length).toBeLessThan(70);
    expect(idsOf(answers.absent)).toEqual(asked);
  });
});
