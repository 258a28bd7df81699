import type { ServerSpec } from '@ultron/compute/server/server-spec.repository';
import { isKnown } from '@ultron/openstack/compute/servers';
import type { ServerWire } from '@ultron/openstack/compute/servers.wire';
import type { ComputeDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';
import { bearsMark, exactName } from './owner-mark.rules.js';

/**
 * All servers in the cluster that bear the mark of Ultron's server, oldest first. They are looked for by name, which
 * every release can, and told from others of that name by their metadata.
 */
export async function listMarked(
  deps: Pick<ComputeDeps, 'clouds'>,
  spec: Pick<ServerSpec, 'id' | 'name' | 'clusterId'>,
  signal: AbortSignal,
): Promise<ServerWire[]> {
  const cloud = await deps.clouds.get(spec.clusterId);
  const found = await cloud.compute.servers
    .listDetail({ name: exactName(spec.name) }, callOptions(signal))
    .all();
  return found
    .filter(isKnown)
    .filter((server) => bearsMark(server.metadata, spec.id))
    .toSorted((a, b) => (a.created < b.created ? -1 : 1));
}
