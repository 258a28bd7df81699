/** The smallest of the values that so large a share of them does not exceed (nearest rank); null without values. */
export function percentile(values: readonly number[], share: number): number | null {
  if (!values.length) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
