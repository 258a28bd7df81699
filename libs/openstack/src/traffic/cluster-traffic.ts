/** The traffic with one cluster: connections, budgets and breakers, shared by every project that uses it. */
export interface ClusterTraffic {
  readonly cluster: string;
}
