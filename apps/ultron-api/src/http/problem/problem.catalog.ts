import type { FaultCategory } from '@ultron/kernel/fault';
import { ADDRESS_PROBLEMS } from './address.entries.js';
import { PORT_PROBLEMS } from './port.entries.js';
import { RECONCILE_PROBLEMS } from './reconcile.entries.js';
import { PROBE_PROBLEMS } from './probe.entries.js';
import {
  CLUSTER_PROBLEMS,
  COMPUTE_PROBLEMS,
  CORE_PROBLEMS,
  type ProblemEntry,
  REQUEST_PROBLEMS,
} from './problem.entries.js';
import { SEGMENT_PROBLEMS } from './segment.entries.js';
import { SYNC_PROBLEMS } from './sync.entries.js';

/** Every code that the API answers with; the page `/docs/problems` is made from it. */
export const PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  ...REQUEST_PROBLEMS,
  ...CORE_PROBLEMS,
  ...CLUSTER_PROBLEMS,
  ...PROBE_PROBLEMS,
  ...COMPUTE_PROBLEMS,
  ...ADDRESS_PROBLEMS,
  ...PORT_PROBLEMS,
  ...SEGMENT_PROBLEMS,
  ...SYNC_PROBLEMS,
  ...RECONCILE_PROBLEMS,
};

export const CATEGORIES: Readonly<Record<FaultCategory, ProblemEntry>> = {
  invalid: {
    title: 'The request is wrong',
    meaning: 'The same request fails again. Correct what `detail` and `errors` name.',
  },
  unauthenticated: {
    title: 'No valid token',
    meaning: 'Send `Authorization: Bearer <token>` with a token that is valid.',
  },
  forbidden: {
    title: 'Not allowed',
    meaning: 'The role of the token does not allow this. An admin can give another token.',
  },
  not_found: {
    title: 'Not found',
    meaning: 'There is no such thing, or it belongs to a project that the token may not see.',
  },
  conflict: {
    title: 'Conflict with the present state',
    meaning: 'The request is fine but does not fit the present state; `detail` says which state would.',
  },
  precondition: {
    title: 'Changed meanwhile',
    meaning: '`If-Match` names an older version. Read the resource again and decide anew.',
  },
  quota: {
    title: 'Quota reached',
    meaning: 'The project may not have more of this. Delete something or ask for more.',
  },
  capacity: {
    title: 'No capacity',
    meaning: 'No cluster has room for this at present. Ask for less, for another placement, or later.',
  },
  throttled: {
    title: 'Too many requests',
    meaning: 'Wait as long as `Retry-After` says and send the request again.',
  },
  unavailable: {
    title: 'Unavailable at present',
    meaning: 'A part that Ultron needs does not answer. Send the same request again after `Retry-After`.',
  },
  bug: {
    title: 'A fault of Ultron',
    meaning: 'Nothing the caller did wrong. Give the `trace_id` to the operators; the log has the rest.',
  },
};

/** Where the problem is explained; a reference relative to the API's own address. */
export const typeOf = (code: string, category: FaultCategory): string =>
  `/docs/problems#${code in PROBLEMS ? code : category}`;

export const titleOf = (code: string, category: FaultCategory): string | undefined =>
  (PROBLEMS[code] ?? CATEGORIES[category]).title;
