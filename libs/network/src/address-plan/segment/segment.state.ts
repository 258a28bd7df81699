/**
 * The states of a segment. `spare` belongs to no cluster; `reserved` is dealt to one but not yet built there;
 * only from `active` are addresses handed out.
 */
export const SEGMENT_STATES = [
  'spare',
  'reserved',
  'creating',
  'active',
  'draining',
  'quarantined',
  'error',
] as const;

export type SegmentState = (typeof SEGMENT_STATES)[number];

const TRANSITIONS: Record<SegmentState, readonly SegmentState[]> = {
  spare: ['reserved'],
  // Back to `spare`: nothing was built yet. To `draining`: nor will it be, but addresses of it are promised.
  reserved: ['creating', 'spare', 'draining'],
  creating: ['active', 'error', 'draining'],
  active: ['draining', 'error'],
  // Back to `active`: the cluster was found to have ports on it, or is wanted again.
  draining: ['quarantined', 'active'],
  quarantined: ['spare'],
  error: ['creating', 'draining'],
};

export function mayBecome(from: SegmentState, to: SegmentState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** The states in which a segment will hand out addresses without another decision. */
export const COMING: ReadonlySet<SegmentState> = new Set<SegmentState>(['reserved', 'creating']);

/** The states in which a segment is on its way back to `spare`. */
export const RETURNING: ReadonlySet<SegmentState> = new Set<SegmentState>(['draining', 'quarantined']);
