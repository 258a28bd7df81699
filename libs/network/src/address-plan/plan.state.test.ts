import { describe, expect, it } from '@jest/globals';
import { ADDRESS_STATES, mayBecome as addressMay } from './address/address.state.js';
import { mayBecome as segmentMay, SEGMENT_STATES } from './segment/segment.state.js';

/** All pairs that a table allows. */
function allowed<S extends string>(states: readonly S[], may: (from: S, to: S) => boolean): string[] {
  return states.flatMap((from) => states.filter((to) => may(from, to)).map((to) => `${from} ${to}`));
}

describe('the states', () => {
  it('of a segment lead from spare to a cluster and back, and never from one cluster to another', () => {
    expect(allowed(SEGMENT_STATES, segmentMay)).toEqual([
      'spare reserved',
      'reserved spare',
      'reserved creating',
      'reserved draining',
      'creating active',
      'creating draining',
      'creating error',
      'active draining',
      'active error',
      'draining active',
      'draining quarantined',
      'quarantined spare',
      'error creating',
      'error draining',
    ]);
  });

  it('of an address let a bound one become free only after it has cooled', () => {
    expect(allowed(ADDRESS_STATES, addressMay)).toEqual([
      'free infra',
      'free reserved',
      'free bound',
      'infra free',
      'infra bound',
      'infra cooling',
      'reserved free',
      'reserved bound',
      'reserved cooling',
      'bound infra',
      'bound cooling',
      'cooling free',
      'cooling infra',
      'cooling bound',
    ]);
  });
});
