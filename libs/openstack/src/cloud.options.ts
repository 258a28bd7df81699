import type { Clock } from '@ultron/kernel/clock';
import type { CallObserver } from './observer.js';
import type { ClusterTraffic } from './traffic/cluster-traffic.js';
import type { Timeouts } from './transport/timeouts.js';

/** Which endpoint of the catalog is used. */
export type EndpointInterface = 'public' | 'internal' | 'admin';

/** How to log in: as a user into a project, or with an application credential (which carries its project). */
export interface CloudAuth {
  /** The URL of Keystone, with or without `/v3`. */
  url: string;
  password?: {
    username: string;
    password: string;
    /** The domain of the user; `Default` when left out. */
    userDomainName?: string;
    projectName?: string;
    projectId?: string;
    /** The domain of the project; `Default` when left out. Not used with `projectId`. */
    projectDomainName?: string;
  };
  applicationCredential?: { id: string; secret: string };
}

export interface CloudOptions {
  /** The name of the cluster in errors and records. */
  cluster: string;
  auth: CloudAuth;
  /** Needed only where the catalog has several. */
  region?: string;
  /** Public when left out. */
  interface?: EndpointInterface;
  /** Endpoints to use instead of those of the catalog, by service type. */
  endpoints?: Record<string, string>;
  /** Hears of every request that was sent, or refused before sending. Must not throw. */
  observer?: CallObserver;
  /** The connections, budgets and breakers, to be shared by all the clouds of one cluster. */
  traffic?: ClusterTraffic;
  timeouts?: Partial<Timeouts>;
  /** How often an idempotent call is tried in all; 3 when left out. */
  attempts?: number;
  /** Milliseconds for which what a cluster can do is remembered; 10 minutes when left out. */
  discoveryTtlMs?: number;
  clock?: Clock;
  /** A source of numbers in [0, 1), for jitter. */
  random?: () => number;
}
