import type { ProblemEntry } from './problem.entries.js';

/** What can be wrong with what is kept in sync, and with who does it. */
export const SYNC_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  lane_not_found: {
    title: 'No such lane',
    meaning: '`/v1/syncs` lists them. A cluster has its lanes once a conductor of its group has seen it.',
  },
  lane_at_rest: {
    title: 'The lane is at rest',
    meaning: 'It is paused, or its cluster is down or was never probed with success; `detail` says which.',
  },
  brake_not_on: {
    title: 'The brake is not on',
    meaning: 'Nothing improbable has vanished from this lane, so there is nothing to release.',
  },
  tier_not_found: { title: 'No such tier', meaning: 'There are gold, silver and bronze.' },
  tier_not_assigned: {
    title: 'No tier was assigned',
    meaning: 'The cluster or project has none of its own: there is nothing to take back.',
  },
  tier_times: {
    title: 'The times do not fit each other',
    meaning: '`errors` says which, and what would be right.',
  },
  conductor_not_found: {
    title: 'No such conductor',
    meaning: '`/v1/conductors` lists them. The id of a process is another after each start.',
  },
  cluster_not_answering: {
    title: 'The cluster does not answer',
    meaning: 'It has failed several times and is tried again by itself; until then what is shown is older.',
  },
  cluster_too_slow: {
    title: 'The cluster is too slow',
    meaning: 'It answered, but a pass over the lane was not over in time; it is tried again by itself.',
  },
};
