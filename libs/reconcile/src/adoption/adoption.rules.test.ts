import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Adoptee, type AdoptionMatch, asksNothing, matches } from './adoption.rules.js';

const thing: Adoptee = {
  kind: 'server',
  clusterId: 'c1',
  name: 'shop-web-1',
  openstackProjectId: 'op',
  metadata: { team: 'shop', stage: 'prod' },
};
const rule = (given: Partial<AdoptionMatch> = {}): AdoptionMatch => ({
  subjectKinds: ['server'],
  clusterId: null,
  openstackProjectId: null,
  namePattern: null,
  metadata: {},
  ...given,
});

describe('a rule of adoption', () => {
  it.each<[Partial<AdoptionMatch>, boolean]>([
    [{}, true],
    [{ subjectKinds: ['port'] }, false],
    [{ clusterId: 'c2' }, false],
    [{ openstackProjectId: 'op' }, true],
    [{ namePattern: 'shop-*' }, true],
    [{ namePattern: 'shop-web-?' }, true],
    [{ namePattern: 'shop' }, false],
    [{ namePattern: 'shop.web.1' }, false],
    [{ metadata: { team: 'shop' } }, true],
    [{ metadata: { team: 'shop', stage: 'test' } }, false],
  ])('with %j matches: %s', (given, expected) => {
    expect(matches(rule(given), thing)).toBe(expected);
  });

  it('takes what is no wildcard literally', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const literal = name.replaceAll(/[*?]/g, '');
        expect(matches(rule({ namePattern: literal }), { ...thing, name: literal })).toBe(true);
        expect(matches(rule({ namePattern: literal }), { ...thing, name: `${literal}x` })).toBe(false);
      }),
    );
  });

  it('that asks nothing is told from one that does', () => {
    expect(asksNothing(rule())).toBe(true);
    expect(asksNothing(rule({ namePattern: '*' }))).toBe(false);
  });
});
