import type { ClusterAccess } from '../shape/raw-cloud.js';

/** Where the suite runs: simulated clusters or real ones. The specs know this much of it and no more. */
export interface Target {
  readonly kind: 'sim' | 'lab';
  /** At least two clusters of different releases. */
  readonly clusters: readonly ClusterAccess[];
  /** What the service itself noted down under an OpenStack request id, as lines; empty when it knows none. */
  noted(cluster: ClusterAccess, service: 'compute' | 'network', requestId: string): Promise<string[]>;
  /** Where the services of a cluster tell what they do (`amqp://…`); null where they tell nothing. */
  broker(cluster: ClusterAccess): string | null;
  close(): Promise<void>;
}
