/** Linux takes host names of up to 63 characters (RFC 1123 labels), and cloud-init makes the name the host name. */
const MAX_LENGTH = 63;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;
const PLACEHOLDER = /\{index(?::0([1-9]))?\}/g;

/** What is wrong with a name template for a batch of `count`, as sentences; empty when it can be used. */
export function nameTemplateProblems(template: string, count: number): string[] {
  const rest = template.replace(PLACEHOLDER, '0');
  if (/[{}]/.test(rest)) {
    return ['only {index} and {index:03} (zero padded, 1 to 9 digits) may stand in braces'];
  }
  const longest = serverNames(template, count).at(-1) ?? '';
  const problems: string[] = [];
  if (!NAME.test(longest) || longest.split('.').some((label) => !LABEL.test(label))) {
    problems.push(
      'letters, digits, "-" and "." only; every part between dots begins and ends with a letter or digit',
    );
  }
  if (longest.length > MAX_LENGTH) {
    problems.push(`at most ${MAX_LENGTH} characters, but the longest name would have ${longest.length}`);
  }
  return problems;
}

/**
 * The names of a batch, from 1 to `count`. A template without a placeholder gets `-1`, `-2`, … when more than one
 * server is asked for, so that the names of a batch always differ.
 */
export function serverNames(template: string, count: number): string[] {
  const full = count > 1 && template.search(PLACEHOLDER) < 0 ? `${template}-{index}` : template;
  return Array.from({ length: count }, (_, i) =>
    full.replace(PLACEHOLDER, (_placeholder, digits?: string) =>
      String(i + 1).padStart(Number(digits ?? 1), '0'),
    ),
  );
}
