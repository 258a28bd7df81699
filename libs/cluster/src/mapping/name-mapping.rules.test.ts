import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mapByName, unambiguousNames } from './name-mapping.rules.js';

const logical = new Map([
  ['small', { id: 'f1', name: 'small' }],
  ['large', { id: 'f2', name: 'large' }],
]);

describe('mapByName', () => {
  it('maps a thing to the logical one of its name', () => {
    expect(mapByName([{ openstackId: 'a', name: 'small' }], logical)).toEqual([
      { shown: { openstackId: 'a', name: 'small' }, logicalId: 'f1', reason: null },
    ]);
  });

  it('leaves out what differs, and says in what', () => {
    const [mapping] = mapByName([{ openstackId: 'a', name: 'small' }], logical, () => 'vcpus 2 instead of 1');
    expect(mapping).toMatchObject({ logicalId: null, reason: 'vcpus 2 instead of 1' });
  });

  it('maps neither of two things of one name', () => {
    const twice = [
      { openstackId: 'a', name: 'large' },
      { openstackId: 'b', name: 'large' },
    ];
    const mappings = mapByName(twice, logical);
    expect(mappings.map((m) => m.logicalId)).toEqual([null, null]);
    expect(mappings[0]?.reason).toContain('ambiguous: 2');
  });

  it('never maps two things of a cluster to one logical thing, and always gives a reason otherwise', () => {
    const thing = fc.record({ openstackId: fc.uuid(), name: fc.constantFrom('', 'small', 'large', 'other') });
    fc.assert(
      fc.property(fc.array(thing), (shown) => {
        const mappings = mapByName(shown, logical);
        const mapped = mappings.flatMap((m) => m.logicalId ?? []);
        expect(new Set(mapped).size).toBe(mapped.length);
        for (const m of mappings) expect(m.logicalId === null).toBe(m.reason !== null);
        expect(new Set(unambiguousNames(shown)).has('')).toBe(false);
      }),
    );
  });
});
