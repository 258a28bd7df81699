import { expect, it } from '@jest/globals';
import { differences } from './owned.js';

it('what is there differs from what was asked for in every way that it can', () => {
  const asked = { kept: new Set(['well', 'lost', 'twice', 'broken']), deleted: new Set(['left', 'away']) };
  const marked = {
    servers: new Map([
      ['well', ['ACTIVE']],
      ['twice', ['ACTIVE', 'ACTIVE']],
      ['broken', ['ERROR']],
      ['left', ['ACTIVE']],
    ]),
    ever: new Map([
      ['well', 2],
      ['twice', 2],
      ['broken', 1],
      ['left', 1],
      ['away', 1],
      ['strange', 1],
    ]),
    ports: new Map([
      ['well', 1],
      ['twice', 2],
      ['broken', 1],
      ['away', 1],
    ]),
  };
  expect(differences(marked, asked)).toEqual({
    servers_missing: 1,
    servers_not_active: 1,
    servers_twice: 1,
    servers_made_twice: 2,
    servers_left_over: 1,
    servers_never_asked_for: 1,
    ports_missing: 1,
    ports_leaked: 2,
  });
});
