import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ObservedIndex } from './observed-index.js';

const hash = (byte: number): string => `0${byte}`.repeat(16);
const id = fc.oneof(
  fc.uuid(),
  fc.constantFrom('1', 'm1.tiny', 'nova', 'a/b', '84B0EE1F-0000-0000-0000-000000000000'),
);

describe('an index of what was observed', () => {
  it('says of each object what a map would say, and gives back what was not met', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(id, fc.nat(3), fc.boolean()), { selector: ([one]) => one, maxLength: 200 }),
        fc.array(fc.tuple(id, fc.nat(3)), { maxLength: 50 }),
        fc.array(fc.nat(199), { maxLength: 200 }),
        (stored, others, again) => {
          const index = new ObservedIndex();
          for (const [one, byte, missing] of stored) index.load(one, Buffer.from(hash(byte), 'hex'), missing);
          const model = new Map(stored.map(([one, byte, missing]) => [one, { byte, missing, seen: false }]));
          const met = [...again.flatMap((at) => (stored[at] ? [stored[at]] : [])), ...others];
          for (const [one, byte] of met) {
            const known = model.get(one);
            const expected = !known
              ? 'new'
              : known.byte !== byte
                ? 'changed'
                : known.missing
                  ? 'back'
                  : 'same';
            expect(index.see(one, hash(byte))).toBe(expected);
            model.set(one, { byte, missing: false, seen: true });
          }
          expect(index.size).toBe(model.size);
          expect(index.seen).toBe([...model.values()].filter((one) => one.seen).length);
          const unseen = [...model].filter(([, one]) => !one.seen);
          expect(new Map([...index.unseen()].map((one) => [one.id, one.missing]))).toEqual(
            new Map(unseen.map(([one, { missing }]) => [one, missing])),
          );
        },
      ),
    );
  });

  it('takes some forty bytes for an object', () => {
    const index = new ObservedIndex();
    const ids = Array.from({ length: 20_000 }, () => randomUUID());
    for (const one of ids) index.load(one, randomBytes(16), false);
    for (const one of ids) expect(index.meet(one)).toBe(false);
    expect(index.meet(randomUUID())).toBeUndefined();
    expect(index.seen).toBe(20_000);
  });
});
