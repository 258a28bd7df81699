import { describe, expect, it } from '@jest/globals';
import { SYNC_KINDS } from '@ultron/sync/kind/sync-kinds';
import { SYNCS } from './catalog.js';

describe('the catalog', () => {
  it('has the kinds that the API knows, and no others', () => {
    expect(SYNCS.map(({ kind }) => kind).toSorted()).toEqual(SYNC_KINDS.toSorted());
  });
});
