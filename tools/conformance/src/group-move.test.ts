import { afterAll } from '@jest/globals';
import { simTarget } from './target/sim.target.js';
import { groupMoveSpecs } from './ultron/group-move.spec.js';

/** Servers take a second or two, so that there is a middle of a call. */
const target = await simTarget(['zed', 'epoxy'], {
  schedule: { min: 100, max: 500 },
  spawn: { min: 500, max: 2000 },
});
afterAll(() => target.close());

groupMoveSpecs(target);
