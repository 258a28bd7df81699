import type { StandardAttributesWire } from '@ultron/openstack/network/standard-attributes.wire';
import type { Json } from '@ultron/sync/kind/observed';

/** What OpenStack writes as a time: with or without a zone, which then is UTC. Null for what is none. */
export function timeOf(text: string | null | undefined): Date | null {
  if (!text) return null;
  const time = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** The same record with its keys in order: services give them as it happens, and every difference is a row written. */
export function inOrder<T extends Json>(record: Readonly<Record<string, T>> | undefined): Record<string, T> {
  return Object.fromEntries(Object.entries(record ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The list in order, where the order says nothing. */
export const sorted = (texts: readonly string[] | undefined): string[] => (texts ?? []).toSorted();

/** The list in the order of what it says of each, where its own order says nothing. */
export function sortedBy<T>(items: readonly T[] | undefined, key: (item: T) => string): T[] {
  return (items ?? []).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Without what the cluster does not show: an extension that it lacks says nothing. */
export const shown = (fields: Readonly<Record<string, Json | undefined>>): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]) =>
      value === undefined ? [] : [[field, value] as const],
    ),
  );

/** What all resources of Neutron say of themselves. */
export const standardOf = (
  wire: StandardAttributesWire & { project_id?: string; tenant_id?: string },
): { projectId: string | null; revision: number | null; updatedAt: Date | null } => ({
  projectId: wire.project_id || wire.tenant_id || null,
  revision: wire.revision_number ?? null,
  updatedAt: timeOf(wire.updated_at),
});
