import { Fault } from '@ultron/kernel/fault';
import { capacityRefusal, refusalOf, roomOf } from './filters.rules.js';
import type {
  ClusterFacts,
  Explain,
  ExplainedCluster,
  PlacementPolicy,
  PlacementRequest,
} from './placement.js';
import { split } from './split.rules.js';
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
  const judged = clusters.map((cluster) => judge(request, cluster, policy));
  const room = judged.reduce((sum, { room = 0 }) => sum + room, 0);
  const refused = count === 0 || room < minCount;
  const chosen = refused
    ? new Map<string, number>()
    : split(Math.min(count, room), candidatesOf(judged), policy);
  for (const cluster of judged) cluster.chosen = chosen.get(cluster.cluster_id) ?? 0;
  const explain = { count, min_count: minCount, policy, flavor: request.flavor.name, room, clusters: judged };
  return { chosen, explain, refused };
}

function judge(request: PlacementRequest, cluster: ClusterFacts, policy: PlacementPolicy): ExplainedCluster {
  const { id: cluster_id, name } = cluster;
  const refused = refusalOf(request, cluster);
  if (refused) return { cluster_id, cluster: name, refused, chosen: 0 };
  const room = roomOf(request, cluster);
  if (room < 1) return { cluster_id, cluster: name, refused: capacityRefusal(request, cluster), chosen: 0 };
  return { cluster_id, cluster: name, room, weights: weigh(cluster, policy), chosen: 0 };
}

function candidatesOf(judged: readonly ExplainedCluster[]) {
  return judged.flatMap(({ cluster_id: id, room, weights }) =>
    room && weights ? [{ id, room, weight: weights.total }] : [],
  );
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
