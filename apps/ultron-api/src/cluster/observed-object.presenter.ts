import { isId } from '@ultron/kernel/id';
import type { StoredObject } from '@ultron/sync/observed/observed.reader';
import type { ObservedObjectBody, PRESENCES } from './observed-object.dto.js';

/** `freshAt`: when the last reading of the lane began. An object that is missing or gone is as it was before that. */
export function objectBody(object: StoredObject, freshAt: Date | null): ObservedObjectBody {
  const presence = presenceOf(object);
  const holdsUntil = presence === 'present' ? freshAt : object.missingSince;
  return {
    id: object.id,
    kind: object.kind,
    cluster_id: object.clusterId,
    name: object.name,
    project: object.projectId,
    status: object.status,
    parent: object.parentId,
    revision: object.revision,
    fields: object.fields,
    ultron_id: ownerOf(object),
    presence,
    updated_at: textOf(object.updatedAt),
    changed_at: object.observedAt.toISOString(),
    observed_at: later(object.observedAt, holdsUntil).toISOString(),
    first_seen_at: object.firstSeenAt.toISOString(),
    missing_since: textOf(object.missingSince),
    gone_at: textOf(object.goneAt),
  };
}

const presenceOf = (object: StoredObject): (typeof PRESENCES)[number] =>
  object.goneAt ? 'gone' : object.missingSince ? 'missing' : 'present';

/** The marks that Ultron leaves on what it makes: a tag, metadata of servers, and names where there is neither. */
function ownerOf({ name, fields }: StoredObject): string | null {
  const { tags, metadata } = fields as { tags?: unknown; metadata?: unknown };
  const tagged = Array.isArray(tags)
    ? tags.map(String).find((tag) => tag.startsWith('ultron:id='))
    : undefined;
  const kept =
    typeof metadata === 'object' && metadata !== null && 'ultron_id' in metadata
      ? String(metadata.ultron_id)
      : undefined;
  const mark =
    tagged?.slice('ultron:id='.length) ?? kept ?? /^ultron-(?:[a-z]+-)?(.{36})$/.exec(name ?? '')?.[1];
  return mark !== undefined && isId(mark) ? mark : null;
}

const later = (a: Date, b: Date | null): Date => (b && b > a ? b : a);
const textOf = (time: Date | null): string | null => time?.toISOString() ?? null;
