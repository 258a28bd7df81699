import { hash as digestOf, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ObservedIndex } from './observed-index.js';

const md5 = (text: string): string => digestOf('md5', text);
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

  it('knows what was shown in the same bytes, as long as nothing else was seen of it', () => {
    const index = new ObservedIndex();
    const [a, b] = [randomUUID(), '7'];
    const [bytes, others] = ['a'.repeat(32), 'b'.repeat(32)];
    index.load(a, Buffer.from(hash(1), 'hex'), false);
    expect(index.knows(bytes)).toBe(false);
    expect(index.see(a, hash(1), bytes)).toBe('same');
    expect(index.see(b, hash(2), others)).toBe('new');
    index.begin();
    expect(index.seen).toBe(0);
    expect([index.knows(bytes), index.knows(others), index.knows('c'.repeat(32))]).toEqual([
      true,
      true,
      false,
    ]);
    expect(index.seen).toBe(2);
    // Something else was seen of it, and nobody told its bytes.
    expect(index.see(a, hash(3))).toBe('changed');
    expect(index.knows(bytes)).toBe(false);
  });

  it('does not take what is missing for known: it is to be read, and then is back', () => {
    const index = new ObservedIndex();
    const older = new ObservedIndex();
    const one = randomUUID();
    older.see(one, hash(1), 'a'.repeat(32));
    index.load(one, Buffer.from(hash(1), 'hex'), true);
    index.adoptDigests(older);
    expect(index.knows('a'.repeat(32))).toBe(false);
    expect(index.see(one, hash(1), 'a'.repeat(32))).toBe('back');
    expect(index.knows('a'.repeat(32))).toBe(true);
  });

  it('adopts digests of objects that are the same still, and finds them among many that changed', () => {
    const older = new ObservedIndex();
    const ids = Array.from({ length: 3_000 }, () => randomUUID());
    const digest = (i: number, round: number): string => md5(`${i} ${round}`);
    // So often that places of digests are used up several times.
    for (let round = 0; round < 5; round += 1) {
      ids.forEach((one, i) => older.see(one, md5(`hash ${i} ${round}`), digest(i, round)));
    }
    ids.forEach((_, i) => expect(older.knows(digest(i, 3))).toBe(false));
    const index = new ObservedIndex();
    ids.forEach((one, i) => index.load(one, Buffer.from(i % 2 ? md5(`hash ${i} 4`) : hash(1), 'hex'), false));
    index.adoptDigests(older);
    ids.forEach((_, i) => expect(index.knows(digest(i, 4))).toBe(i % 2 === 1));
    expect(index.seen).toBe(1_500);
  });

  it('has the checksum of an index that was loaded with what was written since', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(id, fc.nat(3), fc.boolean()), { selector: ([one]) => one, maxLength: 50 }),
        fc.array(fc.tuple(id, fc.nat(3)), { maxLength: 50 }),
        (stored, met) => {
          const index = new ObservedIndex();
          const written = new ObservedIndex();
          const rows = new Map(stored.map(([one, byte, missing]) => [one, { byte, missing }]));
          for (const [one, byte, missing] of stored) index.load(one, Buffer.from(hash(byte), 'hex'), missing);
          for (const [one, byte] of met) {
            index.see(one, hash(byte));
            rows.set(one, { byte, missing: false });
          }
          for (const [one, { byte, missing }] of rows) {
            written.load(one, Buffer.from(hash(byte), 'hex'), missing);
          }
          expect(index.checksum).toEqual(written.checksum);
        },
      ),
    );
  });

  it('tells by id and revision what is to be read, and takes nothing for written before it was', () => {
    const [same, moved, missing, unread, fresh] = Array.from({ length: 5 }, () => randomUUID()) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const index = new ObservedIndex();
    for (const one of [same, moved, missing, unread]) {
      index.load(one, Buffer.from(hash(1), 'hex'), one === missing);
      index.loadRevision(one, Buffer.from(hash(one === unread ? 2 : 1), 'hex'), 7);
    }
    index.loadRevision(fresh, Buffer.from(hash(1), 'hex'), 7);
    const look = () =>
      [same, moved, missing, unread, fresh].map((one) => index.meetAt(one, one === moved ? 0 : 7));
    // What was not the same object when its revision was read is read again.
    const expected = ['same', 'changed', 'back', 'changed', 'new'];
    expect([look(), look()]).toEqual([expected, expected]);
    expect([index.seen, [...index.unseen()]]).toEqual([4, []]);
    expect(index.meetAt(same, null)).toBe('changed');
    expect(index.see(missing, hash(1), undefined, 7)).toBe('back');
    expect(index.see(moved, hash(3), undefined, 0)).toBe('changed');
    expect(index.see(unread, hash(1), undefined, 7)).toBe('same');
    expect(index.see(fresh, hash(1), undefined, null)).toBe('new');
    expect(look()).toEqual(['same', 'same', 'same', 'same', 'changed']);
    expect(index.see(same, hash(1))).toBe('same');
    expect(index.meetAt(same, 7)).toBe('changed');
  });

  it('holds many', () => {
    const index = new ObservedIndex();
    const ids = Array.from({ length: 20_000 }, () => randomUUID());
    for (const one of ids) index.load(one, randomBytes(16), false);
    for (const one of ids) expect(index.meet(one)).toBe(false);
    expect(index.meet(randomUUID())).toBeUndefined();
    expect(index.seen).toBe(20_000);
  });
});
