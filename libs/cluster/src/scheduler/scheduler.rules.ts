import { Fault } from '@ultron/kernel/fault';
import { addressesIn, addressShare, serverRoomOf } from './address-room.rules.js';
import { roomInAll, splitWithAddresses, type AddressCandidate } from './address-split.rules.js';
import { capacityRefusal, computeRoomOf, refusalOf } from './filters.rules.js';
import type {
  ClusterFacts,
  Explain,
  ExplainedAddresses,
  ExplainedCluster,
  PlacementPolicy,
  PlacementRequest,
} from './placement.js';
import { weigh } from './weighers.rules.js';

export interface Decision {
  /** How many servers go to which cluster id; empty when the request is refused. */
  chosen: Map<string, number>;
  explain: Explain;
  /** Set when fewer than the least acceptable number fit. */
  refused: boolean;
}

/**
 * Decides where a batch of equal servers goes. It is a function of its arguments alone: the same facts give the
 * same answer, ties go to the lower id.
 */
export function decide(request: PlacementRequest, clusters: readonly ClusterFacts[]): Decision {
  const count = request.serverIds.length;
  const minCount = Math.min(request.minCount ?? count, count);
  const policy = request.placement?.policy ?? 'spread';
  const { judged, candidates } = judgeAll(request, clusters, policy);
  const dealt = request.pins?.size
    ? byPins(request.pins, candidates)
    : splitWithAddresses(request, count, candidates, policy);
  const room = request.pins?.size ? sumOf(dealt) : roomInAll(request, candidates);
  const refused = count === 0 || sumOf(dealt) < minCount;
  const chosen = refused ? new Map<string, number>() : dealt;
  for (const cluster of judged) showChosen(cluster, chosen, candidates);
  const explain: Explain = {
    count,
    min_count: minCount,
    policy,
    flavor: request.flavor.name,
    ...(request.preemptible ? { preemptible: true } : {}),
    room,
    clusters: judged,
  };
  return { chosen, explain, refused };
}

const sumOf = (parts: ReadonlyMap<string, number>) =>
  [...parts.values()].reduce((sum, part) => sum + part, 0);

function showChosen(
  cluster: ExplainedCluster,
  chosen: ReadonlyMap<string, number>,
  candidates: readonly AddressCandidate[],
): void {
  cluster.chosen = chosen.get(cluster.cluster_id) ?? 0;
  const now = candidates.find(({ id }) => id === cluster.cluster_id)?.now ?? 0;
  if (cluster.chosen > now) cluster.replenish = cluster.chosen - now;
}

/** Who is bound to a cluster goes there, as far as it has room. */
function byPins(
  pins: NonNullable<PlacementRequest['pins']>,
  candidates: readonly AddressCandidate[],
): Map<string, number> {
  const wanted = Map.groupBy(pins.values(), (pin) => pin.clusterId);
  return new Map(
    candidates.flatMap(({ id, later }): [string, number][] => {
      const part = Math.min(wanted.get(id)?.length ?? 0, later);
      return part > 0 ? [[id, part]] : [];
    }),
  );
}

/** Judges every cluster; those that come into question are compared with each other by their addresses. */
function judgeAll(
  request: PlacementRequest,
  clusters: readonly ClusterFacts[],
  policy: PlacementPolicy,
): { judged: ExplainedCluster[]; candidates: AddressCandidate[] } {
  const judged = clusters.map((cluster) => judge(request, cluster));
  const among = judged.flatMap(({ cluster_id, refused }) => (refused ? [] : [cluster_id]));
  const candidates = clusters.flatMap((cluster, index) => {
    const explained = judged[index];
    if (!explained || explained.refused) return [];
    const { id } = cluster;
    explained.weights = weigh(cluster, policy, addressShare(request, id, among));
    const servers = serverRoomOf(request, cluster);
    const now = Math.min(explained.room ?? 0, servers.now);
    return [{ id, now, later: explained.room ?? 0, weight: explained.weights.total }];
  });
  return { judged, candidates };
}

function judge(request: PlacementRequest, cluster: ClusterFacts): ExplainedCluster {
  const { id: cluster_id, name } = cluster;
  const explained: ExplainedCluster = { cluster_id, cluster: name, chosen: 0 };
  if (request.addresses?.length) explained.addresses = shownAddresses(request, cluster);
  const pinned = pinnedTo(request, cluster);
  if (pinned) explained.pinned = pinned;
  const refused = refusalOf(request, cluster);
  if (refused) return { ...explained, refused };
  const compute = computeRoomOf(request, cluster);
  if (compute < 1) return { ...explained, refused: capacityRefusal(request, cluster) };
  return { ...explained, room: Math.min(compute, serverRoomOf(request, cluster).later) };
}

/** A few reasons are enough to understand; a batch may have a hundred. */
function pinnedTo({ pins }: PlacementRequest, { id }: ClusterFacts): ExplainedCluster['pinned'] {
  const own = [...(pins?.values() ?? [])].filter(({ clusterId }) => clusterId === id);
  if (own.length === 0) return undefined;
  return { servers: own.length, reasons: [...new Set(own.map(({ reason }) => reason))].slice(0, 5) };
}

function shownAddresses({ addresses = [] }: PlacementRequest, { id }: ClusterFacts): ExplainedAddresses[] {
  return addresses.map((needed) => {
    const { free, coming, replenishable } = addressesIn(needed, id);
    return { of: needed.name, free, coming, replenishable, per_server: needed.perServer };
  });
}

/** The clusters whose capacity decides: those that no other filter refuses. */
export const worthLocking = (request: PlacementRequest, clusters: readonly ClusterFacts[]): string[] =>
  clusters.filter((cluster) => !refusalOf(request, cluster)).map((cluster) => cluster.id);

/** What the caller is told when too few fit, with the whole record. */
export function noClusterFits(explain: Explain): Fault {
  const wanted =
    explain.min_count < explain.count
      ? `at least ${explain.min_count} of ${explain.count}`
      : `${explain.count}`;
  return new Fault({
    code: 'no_cluster_fits',
    category: 'capacity',
    detail: `No cluster has room for ${wanted} server(s) of flavor ${explain.flavor}: ${explain.room} would fit. ${reasons(explain)}`,
    retryable: true,
    extra: { explain },
  });
}

function reasons({ clusters }: Explain): string {
  if (clusters.length === 0) return 'No cluster is registered.';
  const told = clusters.flatMap(({ cluster, refused }) => (refused ? [`${cluster} ${refused.detail}`] : []));
  const shown = told.slice(0, 5).join('; ');
  return told.length > 5 ? `${shown}; and ${told.length - 5} more, see explain.` : shown && `${shown}.`;
}

/** A Fault that names every cluster or IDC asked for that is not registered, one pointer each. */
export function unknownClusters(
  { placement }: PlacementRequest,
  clusters: readonly ClusterFacts[],
): Fault | undefined {
  const { idc, clusters: wanted = [] } = placement ?? {};
  const fields = wanted.flatMap((name, index) =>
    clusters.some((cluster) => cluster.id === name || cluster.name === name)
      ? []
      : [{ pointer: `/placement/clusters/${index}`, detail: `There is no cluster ${name}.` }],
  );
  if (idc !== undefined && !clusters.some((cluster) => cluster.idcId === idc || cluster.idcName === idc)) {
    fields.push({ pointer: '/placement/idc', detail: `There is no cluster in an IDC ${idc}.` });
  }
  if (fields.length === 0) return undefined;
  return new Fault({
    code: 'unknown_cluster',
    category: 'invalid',
    detail: 'The placement names a cluster or an IDC that does not exist.',
    fields,
  });
}
