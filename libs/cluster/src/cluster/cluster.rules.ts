/**
 * After so many outages in a row (refused, timed out, 5xx) a cluster counts as unreachable: one lost answer is
 * no reason to place elsewhere, a minute of them is.
 */
export const OUTAGES_UNTIL_UNREACHABLE = 3;

export const countsAsReachable = (outages: number): boolean => outages < OUTAGES_UNTIL_UNREACHABLE;
