import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FINDING_KINDS, SUBJECT_KINDS } from './finding.kinds.js';
import { isRepairable, recipeFor, type Wish } from './repairs.js';

const wish = (given: Partial<Wish> = {}): Wish => ({
  subjectKind: 'port',
  openstackId: 'there',
  asked: {},
  fields: [],
  ports: [],
  softDeleted: false,
  ...given,
});
const callsOf = (...[kind, subject, given]: [...Parameters<typeof recipeFor>, Partial<Wish>]) =>
  recipeFor(kind, subject)?.callsOf(wish({ subjectKind: subject, ...given }));

const anyWish = fc.record({
  asked: fc.dictionary(fc.constantFrom('fixed_ips', 'admin_state_up', 'port_id'), fc.jsonValue()),
  fields: fc.subarray(['fixed_ips', 'admin_state_up', 'port_id']),
  ports: fc.array(fc.uuid(), { maxLength: 3 }),
  softDeleted: fc.boolean(),
});

describe('the table of repairs', () => {
  it('deletes only what is left over or gone, and changes nothing where a row takes over', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FINDING_KINDS),
        fc.constantFrom(...SUBJECT_KINDS),
        anyWish,
        (kind, subject, given) => {
          const calls = callsOf(kind, subject, given);
          expect(calls !== undefined).toBe(isRepairable(kind, subject));
          const deleting = calls?.some(({ method }) => method !== 'PUT') ?? false;
          if (deleting) expect(['missing', 'duplicate', 'stale', 'leaked_port']).toContain(kind);
          if (['state_differs', 'flavor_differs', 'address_in_use_but_free'].includes(kind))
            expect(calls ?? []).toEqual([]);
        },
      ),
    );
  });

  it('has nothing for what people decide', () => {
    for (const kind of ['orphan', 'foreign_port_on_segment', 'cidr_overlap'] as const)
      expect(SUBJECT_KINDS.filter((subject) => isRepairable(kind, subject))).toEqual([]);
  });
});

describe('what is set again', () => {
  const asked = { fixed_ips: ['a'], security_groups: ['g'], admin_state_up: true };

  it('is what the finding is about, as our rows have it, and nothing else', () => {
    expect(callsOf('differs', 'port', { asked, fields: ['fixed_ips'] })).toEqual([
      {
        service: 'network',
        method: 'PUT',
        path: '/ports/there',
        body: { port: { fixed_ips: ['a'] } },
        if_match: true,
      },
    ]);
    expect(callsOf('differs', 'port', { asked, fields: [] })).toEqual([]);
  });

  it('names of a floating IP all that Neutron would change otherwise', () => {
    const led = { port_id: 'p', fixed_ip_address: '10.0.0.5', qos_policy_id: 'q', description: 'mark' };
    expect(callsOf('differs', 'floating_ip', { asked: led, fields: ['description'] })).toMatchObject([
      { path: '/floatingips/there', body: { floatingip: led } },
    ]);
    const loose = { port_id: null, description: 'mark' };
    expect(callsOf('differs', 'floating_ip', { asked: loose, fields: ['port_id'] })).toMatchObject([
      { body: { floatingip: { port_id: null } } },
    ]);
  });
});

describe('a server that is left over', () => {
  it('is deleted, or by force where Nova still keeps it', () => {
    expect(callsOf('stale', 'server', {})).toMatchObject([{ method: 'DELETE', path: '/servers/there' }]);
    expect(callsOf('stale', 'server', { softDeleted: true })).toEqual([
      {
        service: 'compute',
        method: 'POST',
        path: '/servers/there/action',
        body: { forceDelete: null },
        if_match: false,
      },
    ]);
  });
});
