import type { ServerMetadataItemWire, ServerMetadataWire } from '@ultron/openstack/compute/servers.wire';
import { bodyMember } from '../http/body.js';
import { type Call, type Reply, empty, param, reply } from '../http/call.js';
import { badRequest, notFound } from './nova.errors.js';
import { findServer } from './servers.access.js';
import { checkMetadata } from './server-create.rules.js';

/** `GET /servers/{id}/metadata`. */
export function listMetadata(call: Call): Reply {
  return reply<ServerMetadataWire>(200, { metadata: findServer(call).metadata });
}

/** `PUT /servers/{id}/metadata`: replaces. */
export function replaceMetadata(call: Call): Reply {
  return store(call, given(call));
}

/** `POST /servers/{id}/metadata`: merges. */
export function mergeMetadata(call: Call): Reply {
  return store(call, { ...findServer(call).metadata, ...given(call) });
}

/** `GET /servers/{id}/metadata/{key}`. */
export function showMetadataItem(call: Call): Reply {
  const key = param(call, 'key');
  const value = findServer(call).metadata[key];
  if (value === undefined) throw notFound('Metadata item was not found');
  return reply<ServerMetadataItemWire>(200, { meta: { [key]: value } });
}

/** `PUT /servers/{id}/metadata/{key}`. */
export function setMetadataItem(call: Call): Reply {
  const key = param(call, 'key');
  const meta = bodyMember(call, 'meta') as Record<string, string>;
  const value = meta[key];
  if (value === undefined) throw badRequest('Request body and URI mismatch');
  store(call, { ...findServer(call).metadata, [key]: value });
  return reply<ServerMetadataItemWire>(200, { meta: { [key]: value } });
}

/** `DELETE /servers/{id}/metadata/{key}`. */
export function deleteMetadataItem(call: Call): Reply {
  const { [param(call, 'key')]: held, ...rest } = findServer(call).metadata;
  if (held === undefined) throw notFound('Metadata item was not found');
  store(call, rest);
  return empty(204);
}

function given(call: Call): Record<string, string> {
  return bodyMember(call, 'metadata') as Record<string, string>;
}

function store(call: Call, metadata: Record<string, string>): Reply {
  checkMetadata(metadata);
  call.cluster.compute.update(findServer(call), { metadata });
  return reply<ServerMetadataWire>(200, { metadata });
}
