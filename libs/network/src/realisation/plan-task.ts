/** The kinds and inputs of the tasks that build what was planned: what the services write and the sagas read. */
export const PLAN_TASK = {
  /** Parents: the changes of a plan in all the clusters that it touches. */
  createSubnet: 'subnet.create',
  supplement: 'subnet.supplement',
  reclaim: 'subnet.reclaim',
  addCluster: 'subnet.add_cluster',
  retireCluster: 'subnet.retire_cluster',
  retrySegment: 'subnet.retry',
  deleteSubnet: 'subnet.delete',
  deleteVpc: 'vpc.delete',
  /** Their children. */
  buildSegment: 'segment.build',
  drainSegment: 'segment.drain',
  removeSubnet: 'subnet.remove',
  removeNetwork: 'vpc_network.remove',
  removeVpc: 'vpc.remove',
} as const;

export const PLAN_DOMAIN = 'network';

/** A parent that asks clusters to build or to take down segments. */
export type PlanChangeKind = (typeof PLAN_TASK)[
  'createSubnet' | 'supplement' | 'reclaim' | 'addCluster' | 'retireCluster' | 'retrySegment'];

export interface SegmentInput {
  segment_id: string;
  vpc_id: string;
  cluster_id: string;
}

export interface SubnetRemoveInput {
  subnet_id: string;
  vpc_id: string;
}

export interface NetworkRemoveInput {
  vpc_id: string;
  cluster_id: string;
}

export interface VpcRemoveInput {
  vpc_id: string;
}
