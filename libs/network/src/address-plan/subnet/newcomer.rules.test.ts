import { describe, expect, it } from '@jest/globals';
import { parseBlock } from '../block/block.js';
import type { SegmentFacts } from '../plan.facts.js';
import { welcome } from './newcomer.rules.js';

const segment = (cidr: string, clusterId: string | null, used = 0): SegmentFacts => ({
  id: cidr,
  subnetId: 's',
  block: parseBlock(cidr, ''),
  clusterId,
  state: clusterId === null ? 'spare' : 'active',
  infra: clusterId === null ? 0 : 4,
  held: clusterId === null ? 0 : 4 + used,
});
const floor = () => 32;

describe('a cluster that is new in an IDC', () => {
  it('gets a spare unit, a lone one before a whole segment', () => {
    const segments = [
      segment('10.0.0.0/24', 'a'),
      segment('10.0.1.0/24', null),
      segment('10.0.2.128/25', null),
    ];
    expect(welcome(segments, 'new', 25, floor)).toMatchObject({
      kind: 'spare',
      segment: { id: '10.0.2.128/25' },
    });
  });
  it('gets half of an empty segment when nothing is spare', () => {
    const segments = [segment('10.0.0.0/24', 'a', 1), segment('10.0.1.0/24', 'b')];
    expect(welcome(segments, 'new', 25, floor)).toMatchObject({
      kind: 'halve',
      segment: { id: '10.0.1.0/24' },
    });
  });
  it('waits for the next subnet when nobody can give anything', () => {
    const segments = [segment('10.0.0.0/24', 'a', 1), segment('10.0.1.0/25', 'b')];
    expect(welcome(segments, 'new', 25, floor).kind).toBe('next_subnet');
    expect(welcome([segment('10.0.1.0/24', 'b')], 'new', 25, () => 200).kind).toBe('next_subnet');
  });
  it('waits for what is on its way back before anybody gives up more', () => {
    const back = { ...segment('10.0.0.128/25', 'a'), state: 'draining' as const };
    const segments = [back, segment('10.0.1.0/24', 'b')];
    expect(welcome(segments, 'new', 25, floor).kind).toBe('coming_back');
    // One that still has servers may take for ever.
    expect(welcome([{ ...back, held: 5 }, segment('10.0.1.0/24', 'b')], 'new', 25, floor).kind).toBe('halve');
  });
  it('gets nothing twice', () => {
    expect(welcome([segment('10.0.0.0/25', 'new')], 'new', 25, floor).kind).toBe('has_some');
  });
});
