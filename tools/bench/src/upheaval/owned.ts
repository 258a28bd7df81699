import type { Cloud } from '@ultron/openstack/cloud';
import { isKnown } from '@ultron/openstack/compute/servers';
import type { Batches } from './batches.js';

/** What clusters hold, or held, of the servers that were asked for. */
export interface Marked {
  /** By Ultron's id: servers that are there, with their status. */
  servers: Map<string, string[]>;
  /** By Ultron's id: how many were ever made, those that are deleted among them. */
  ever: Map<string, number>;
  /** By Ultron's id: ports that are there. */
  ports: Map<string, number>;
}

const PORT = /^ultron-([0-9a-f-]{36})$/;
/** Since ever. */
const BEGINNING = new Date('2000-01-01T00:00:00Z');

/** All that bears a mark of Ultron in these clusters, deleted servers among it. */
export async function markedIn(clouds: readonly Cloud[]): Promise<Marked> {
  const marked: Marked = { servers: new Map(), ever: new Map(), ports: new Map() };
  for (const { compute, network } of clouds) {
    const filter = { changesSince: BEGINNING, allProjects: true };
    for (const server of await compute.servers.listDetail(filter).all()) {
      const id = isKnown(server) ? server.metadata?.['ultron_id'] : undefined;
      if (id === undefined) continue;
      marked.ever.set(id, (marked.ever.get(id) ?? 0) + 1);
      if (server.status !== 'DELETED')
        marked.servers.set(id, [...(marked.servers.get(id) ?? []), server.status]);
    }
    for (const { name } of await network.ports.list().all()) {
      const [, id] = PORT.exec(name) ?? [];
      if (id !== undefined) marked.ports.set(id, (marked.ports.get(id) ?? 0) + 1);
    }
  }
  return marked;
}

/** How what is there differs from what was asked for; all of it should be 0. */
export function differences(
  { servers, ever, ports }: Marked,
  { kept, deleted }: Pick<Batches, 'kept' | 'deleted'>,
): Record<string, number> {
  const asked = new Set([...kept, ...deleted]);
  const count = (ids: Iterable<string>, wrong: (id: string) => boolean): number =>
    [...ids].filter(wrong).length;
  return {
    servers_missing: count(kept, (id) => !servers.has(id)),
    servers_not_active: count(kept, (id) => servers.get(id)?.some((status) => status !== 'ACTIVE') ?? false),
    servers_twice: count(servers.keys(), (id) => (servers.get(id)?.length ?? 0) > 1),
    servers_made_twice: count(ever.keys(), (id) => (ever.get(id) ?? 0) > 1),
    servers_left_over: count(servers.keys(), (id) => !kept.has(id)),
    servers_never_asked_for: count(ever.keys(), (id) => !asked.has(id)),
    ports_missing: count(kept, (id) => !ports.has(id)),
    ports_leaked: count(ports.keys(), (id) => !kept.has(id) || (ports.get(id) ?? 0) > 1),
  };
}
