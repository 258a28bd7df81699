import type { Cluster } from '../cluster/cluster.js';
import type { Call } from '../http/call.js';
import { hasExtension } from './extensions.js';
import { badRequest } from './neutron.errors.js';

/** Attributes that only exist with an extension. */
const EXTENSION_OF: Record<string, string> = {
  revision_number: 'standard-attr-revisions',
  created_at: 'standard-attr-timestamp',
  updated_at: 'standard-attr-timestamp',
  description: 'standard-attr-description',
  tags: 'standard-attr-tag',
  port_security_enabled: 'port-security',
  allowed_address_pairs: 'allowed-address-pairs',
  qos_policy_id: 'qos',
  qos_network_policy_id: 'qos-port-network-policy',
  availability_zone_hints: 'network_availability_zone',
  availability_zones: 'network_availability_zone',
  mtu: 'net-mtu',
  routes: 'extraroute',
  flavor_id: 'l3-flavors',
  distributed: 'dvr',
  ha: 'l3-ha',
  port_details: 'fip-port-details',
};

const hiddenIn = new WeakMap<Cluster, string[]>();

/** Takes out of a view what the cluster has no extension for. */
export function onlyKnown<Wire extends object>(cluster: Cluster, wire: Wire): Wire {
  let hidden = hiddenIn.get(cluster);
  if (!hidden) {
    hidden = Object.keys(EXTENSION_OF).filter((name) => !hasExtension(cluster, EXTENSION_OF[name] ?? ''));
    hiddenIn.set(cluster, hidden);
  }
  for (const name of hidden) Reflect.deleteProperty(wire, name);
  return wire;
}

/** 400 for an attribute that is unknown here, or of an extension that the cluster lacks. */
export function checkMembers(
  call: Call,
  given: object,
  allowed: ReadonlySet<string>,
  more: Record<string, string> = {},
): void {
  const needed: Record<string, string> = { ...EXTENSION_OF, tags: 'tag-creation', ...more };
  const unknown = Object.keys(given).filter((name) => {
    const extension = needed[name];
    return !allowed.has(name) || (extension !== undefined && !hasExtension(call.cluster, extension));
  });
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
}

/** As `checkMembers` for an update; what exists but cannot be changed is named as such. */
export function checkChanges(
  call: Call,
  given: object,
  updatable: ReadonlySet<string>,
  readOnly: ReadonlySet<string>,
  more: Record<string, string> = {},
): void {
  const fixed = Object.keys(given).find((name) => readOnly.has(name) && !updatable.has(name));
  if (fixed) throw badRequest(`Cannot update read-only attribute ${fixed}`);
  checkMembers(call, given, updatable, more);
}

/** Tags given at creation; `checkMembers` has seen to it that they may be given. */
export function tagsGiven(given: { tags?: unknown }): string[] {
  return given.tags === undefined ? [] : checkTags(given.tags);
}

/** Checks the value that a create gives as `tags` or a tag call sets (`neutron/extensions/tagging.py`). */
export function checkTags(tags: unknown): string[] {
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string' || tag.length > 255))
    throw badRequest(`'${String(tags)}' is not a list of tags`, 'InvalidInput');
  return [...new Set(tags as string[])];
}
