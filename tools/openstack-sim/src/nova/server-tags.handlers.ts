import type { ServerTagsWire } from '@ultron/openstack/compute/servers.wire';
import { isRecord } from '../http/body.js';
import { type Call, type Reply, empty, param, reply } from '../http/call.js';
import type { ServerRow } from './compute.store.js';
import { badRequest, notFound, requireVersion } from './nova.errors.js';
import { findServer } from './servers.access.js';

/** Nova allows 50 tags of at most 60 characters, without a slash or a comma (`nova/objects/instance.py`). */
const MAX_TAGS = 50;

/** `GET /servers/{id}/tags` (2.26). */
export function listServerTags(call: Call): Reply {
  return reply<ServerTagsWire>(200, { tags: tagged(call).tags });
}

/** `PUT /servers/{id}/tags`: replaces them all. */
export function replaceServerTags(call: Call): Reply {
  const row = tagged(call);
  const given = isRecord(call.body) ? call.body['tags'] : undefined;
  if (!Array.isArray(given))
    throw badRequest("Invalid input for field/attribute tags. 'tags' is a required property");
  const tags = [...new Set(given.map(checked))];
  if (tags.length > MAX_TAGS)
    throw badRequest(`The number of tags exceeded the per-server limit ${MAX_TAGS}`);
  call.cluster.compute.update(row, { tags });
  return reply<ServerTagsWire>(200, { tags });
}

/** `DELETE /servers/{id}/tags`. */
export function clearServerTags(call: Call): Reply {
  call.cluster.compute.update(tagged(call), { tags: [] });
  return empty(204);
}

/** `GET /servers/{id}/tags/{tag}`: 204 or 404. */
export function checkServerTag(call: Call): Reply {
  requireTag(call, tagged(call));
  return empty(204);
}

/** `PUT /servers/{id}/tags/{tag}`: 201 when it is new, else 204. */
export function addServerTag(call: Call): Reply {
  const row = tagged(call);
  const tag = checked(param(call, 'tag'));
  if (row.tags.includes(tag)) return empty(204);
  if (row.tags.length >= MAX_TAGS)
    throw badRequest(`The number of tags exceeded the per-server limit ${MAX_TAGS}`);
  call.cluster.compute.update(row, { tags: [...row.tags, tag] });
  return empty(201, {
    Location: `${call.base}/compute/v2.1/servers/${row.id}/tags/${encodeURIComponent(tag)}`,
  });
}

/** `DELETE /servers/{id}/tags/{tag}`. */
export function removeServerTag(call: Call): Reply {
  const row = tagged(call);
  const tag = requireTag(call, row);
  call.cluster.compute.update(row, { tags: row.tags.filter((held) => held !== tag) });
  return empty(204);
}

function tagged(call: Call): ServerRow {
  requireVersion(call, 26);
  return findServer(call);
}

function requireTag(call: Call, row: ServerRow): string {
  const tag = param(call, 'tag');
  if (!row.tags.includes(tag)) throw notFound(`Server ${row.id} has no tag '${tag}'`);
  return tag;
}

function checked(tag: unknown): string {
  if (typeof tag === 'string' && tag.length > 0 && tag.length <= 60 && !/[/,]/.test(tag)) return tag;
  throw badRequest(`Invalid input for field/attribute tag. Value: ${String(tag)}.`);
}
