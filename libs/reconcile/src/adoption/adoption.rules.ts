import type { Adoptable } from './adoptable.js';

/** What a rule asks of a thing; what is null or empty asks nothing. */
export interface AdoptionMatch {
  subjectKinds: readonly Adoptable[];
  clusterId: string | null;
  openstackProjectId: string | null;
  /** With `*` for any text and `?` for any character. */
  namePattern: string | null;
  metadata: Readonly<Record<string, string>>;
}

export interface Adoptee {
  kind: string;
  clusterId: string;
  name: string | null;
  openstackProjectId: string | null;
  metadata: Readonly<Record<string, unknown>>;
}

/** Whether the rule is about the thing. */
export function matches(rule: AdoptionMatch, thing: Adoptee): boolean {
  if (!rule.subjectKinds.some((kind) => kind === thing.kind)) return false;
  if (rule.clusterId !== null && rule.clusterId !== thing.clusterId) return false;
  if (rule.openstackProjectId !== null && rule.openstackProjectId !== thing.openstackProjectId) return false;
  if (rule.namePattern !== null && !patternOf(rule.namePattern).test(thing.name ?? '')) return false;
  return Object.entries(rule.metadata).every(([key, value]) => thing.metadata[key] === value);
}

/** A rule that asks nothing would take over a whole cluster by mistake. */
export const asksNothing = (rule: AdoptionMatch): boolean =>
  rule.clusterId === null &&
  rule.openstackProjectId === null &&
  rule.namePattern === null &&
  Object.keys(rule.metadata).length === 0;

/** Everything but `*` and `?` means itself. */
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}

/** Nova names itself the owner of what it attached. */
export const hangsOnServer = (port: { device_id: string; device_owner: string }): boolean =>
  port.device_id !== '' && port.device_owner.startsWith('compute:');
