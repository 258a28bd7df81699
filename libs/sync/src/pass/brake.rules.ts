/** Of a tier. */
export interface BrakePolicy {
  /** Fewer than so many may vanish without anybody being asked. */
  atLeast: number;
  /** The share of what is known that may vanish at once. */
  share: number;
}

/** `on`: nothing becomes missing or gone. `released`: a person has said that so many are really gone. */
export type BrakeState = 'off' | 'on' | 'released';

export interface Vanishing {
  /** Known and not gone. */
  known: number;
  /** Of those: not seen, or told to be deleted, without what Ultron itself deletes. */
  unseen: number;
  /** Whether a complete list of everything shows it; a list of changes tells nothing of what it does not name. */
  whole: boolean;
}

/** How much more may be gone than there was when somebody released the brake: deleting goes on meanwhile. */
const RELEASE_SLACK = 1.2;

/** Whether so much has vanished at once that a cluster that lies is likelier than a cluster that lost it. */
export function isImprobable(
  { known, unseen }: Pick<Vanishing, 'known' | 'unseen'>,
  policy: BrakePolicy,
): boolean {
  return unseen >= policy.atLeast && unseen > known * policy.share;
}

/** The brake after a list. `accepted` is how many were unseen when somebody released it. */
export function brakeAfter(
  before: BrakeState,
  vanishing: Vanishing,
  accepted: number | null,
  policy: BrakePolicy,
): BrakeState {
  const { unseen, whole } = vanishing;
  if (!isImprobable(vanishing, policy)) {
    // What came back, or never was much, needs nobody's decision; but only a list of everything shows that it came back.
    if (!whole) return before;
    return before === 'released' && unseen > 0 ? 'released' : 'off';
  }
  if (before === 'released' && unseen <= (accepted ?? 0) * RELEASE_SLACK) return 'released';
  return 'on';
}
