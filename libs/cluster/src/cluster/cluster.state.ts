/** What an operator has decided a cluster may be used for. What is *seen* of it (probe, reachable) is apart. */
export const CLUSTER_STATES = ['enabled', 'draining', 'maintenance', 'read_only', 'down'] as const;
export type ClusterState = (typeof CLUSTER_STATES)[number];

const NEXT: Readonly<Record<ClusterState, readonly ClusterState[]>> = {
  enabled: ['draining', 'maintenance', 'read_only', 'down'],
  draining: ['enabled', 'maintenance', 'read_only', 'down'],
  maintenance: ['enabled', 'draining', 'read_only', 'down'],
  read_only: ['enabled', 'draining', 'maintenance', 'down'],
  // What was down is looked at before it gets work again: it comes back through maintenance or read_only.
  down: ['maintenance', 'read_only'],
};

/** The states that may follow. A state may always "follow" itself: asking twice is no error. */
export const nextClusterStates = (from: ClusterState): readonly ClusterState[] => NEXT[from];

export const mayBecome = (from: ClusterState, to: ClusterState): boolean =>
  from === to || NEXT[from].includes(to);

/** Whether the scheduler may put new servers there. */
export const takesNewServers = (state: ClusterState): boolean => state === 'enabled';

/** Whether existing servers may be changed (actions, rename, deletion) there. */
export const takesChanges = (state: ClusterState): boolean => state === 'enabled' || state === 'draining';
