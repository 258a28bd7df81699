/** So many clusters has a scenario that is meant for many; for trying it out, `ULTRON_BENCH_CLUSTERS` says fewer. */
export function benchClusters(env: NodeJS.ProcessEnv = process.env): number {
  const clusters = Number(env['ULTRON_BENCH_CLUSTERS'] ?? 40);
  if (!Number.isInteger(clusters) || clusters < 1)
    throw new RangeError(
      `ULTRON_BENCH_CLUSTERS is a number of clusters, not "${env['ULTRON_BENCH_CLUSTERS']}"`,
    );
  return clusters;
}
