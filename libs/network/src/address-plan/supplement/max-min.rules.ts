/**
 * Max-min fair shares of whole units: nobody gets more than it wants, and nobody could get more without somebody who
 * has less getting less. What cannot be divided evenly goes to those that come first.
 */
export function maxMin(units: number, wants: readonly number[]): number[] {
  const shares = wants.map(() => 0);
  for (let left = units; left > 0;) {
    const hungry = wants.map((want, i) => ({ i, want })).filter(({ i, want }) => (shares[i] ?? 0) < want);
    if (hungry.length === 0) break;
    const least = Math.min(...hungry.map(({ i }) => shares[i] ?? 0));
    for (const { i } of hungry.filter(({ i }) => shares[i] === least).slice(0, left)) {
      shares[i] = least + 1;
      left -= 1;
    }
  }
  return shares;
}
