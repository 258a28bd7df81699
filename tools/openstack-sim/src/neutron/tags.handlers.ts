import type { NeutronTagsWire } from '@ultron/openstack/network/tags.wire';
import { isRecord } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, param, reply } from '../http/call.js';
import { findOwn } from './neutron.access.js';
import { invalidInput } from './neutron.errors.js';
import type { NeutronTable } from './network.store.js';
import { checkTags } from './attributes.js';
import { hasExtension } from './extensions.js';

interface Tagged {
  id: string;
  project_id: string;
  tags: string[];
  updated_at: string;
  revision_number: number;
}

type Find = (call: Call) => { row: Tagged; changed: () => void };

const KINDS: Record<string, Find> = {
  networks: (call) => found(call, call.cluster.network.networks),
  subnets: (call) => found(call, call.cluster.network.subnets),
  ports: (call) => found(call, call.cluster.network.ports),
  'security-groups': (call) => found(call, call.cluster.network.groups),
  routers: (call) => found(call, call.cluster.network.routers),
  floatingips: (call) => found(call, call.cluster.network.floatingIps),
  policies: (call) => found(call, call.cluster.network.policies),
};

function found<Row extends Tagged>(call: Call, table: NeutronTable<Row>) {
  const row = findOwn(call, table);
  return { row, changed: () => table.changed(row) };
}

function change(call: Call, tags: string[]): void {
  const { row, changed } = find(call);
  row.tags = tags;
  call.cluster.network.touch(row);
  changed();
}

function find(call: Call): { row: Tagged; changed: () => void } {
  const kind = KINDS[param(call, 'kind')];
  if (!kind || !hasExtension(call.cluster, 'standard-attr-tag'))
    throw new ApiError(404, 'The resource could not be found.', 'HTTPNotFound');
  return kind(call);
}

/** `GET /v2.0/{kind}/{id}/tags`. */
export function listTags(call: Call): Reply {
  return reply<NeutronTagsWire>(200, { tags: find(call).row.tags });
}

/** `PUT /v2.0/{kind}/{id}/tags`: replaces them all. */
export function replaceTags(call: Call): Reply {
  if (!isRecord(call.body)) throw invalidInput('tags is missing');
  const tags = checkTags(call.body['tags']);
  change(call, tags);
  return reply<NeutronTagsWire>(200, { tags });
}

/** `DELETE /v2.0/{kind}/{id}/tags`. */
export function clearTags(call: Call): Reply {
  change(call, []);
  return empty(204);
}

/** `PUT /v2.0/{kind}/{id}/tags/{tag}`. */
export function addTag(call: Call): Reply {
  const tag = param(call, 'tag');
  change(call, [...new Set([...find(call).row.tags, tag])]);
  // The body is a JSON null.
  return reply(201, 'null', { 'Content-Type': 'application/json' });
}

/** `GET /v2.0/{kind}/{id}/tags/{tag}`. */
export function checkTag(call: Call): Reply {
  requireTag(call);
  return empty(204);
}

/** `DELETE /v2.0/{kind}/{id}/tags/{tag}`. */
export function removeTag(call: Call): Reply {
  const tag = requireTag(call);
  change(
    call,
    find(call).row.tags.filter((held) => held !== tag),
  );
  return empty(204);
}

function requireTag(call: Call): string {
  const tag = param(call, 'tag');
  if (!find(call).row.tags.includes(tag))
    throw new ApiError(404, `Tag ${tag} could not be found.`, 'TagNotFound');
  return tag;
}
