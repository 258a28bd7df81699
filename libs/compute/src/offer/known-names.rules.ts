const MOST_SHOWN = 10;

/** The known names that are most like the wanted one, nearest first. */
export function nearestNames(wanted: string, known: readonly string[]): string[] {
  return known
    .map((name) => ({ name, distance: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_SHOWN)
    .map(({ name }) => name);
}

/** The sentence for a name that nobody knows: "There is no flavor 'x'; known are: …". */
export function unknownName(noun: string, wanted: string, known: readonly string[]): string {
  const names = nearestNames(wanted, known);
  const rest = known.length - names.length;
  if (!names.length) return `There is no ${noun} '${wanted}', and no other either.`;
  return `There is no ${noun} '${wanted}'; known are: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (previous[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      row.push(Math.min(replace, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
