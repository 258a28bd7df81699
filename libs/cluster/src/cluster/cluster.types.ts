import type { FaultRecord } from '@ultron/kernel/fault';
import type { Capacity } from '../capacity/capacity.js';
import type { ClusterCredential } from '../credential/credential.js';
import type { Inventory } from '../inventory/inventory.js';
import type { NetworkBackend } from '../inventory/network-capability.js';
import type { EndpointInterface, ProbeStatus } from './cluster.entity.js';
import type { ClusterState } from './cluster.state.js';

/** What an operator says to register a cluster. */
export interface NewCluster {
  name: string;
  /** Name or id. */
  idc: string;
  /** Name or id. */
  conductorGroup: string;
  authUrl: string;
  region?: string | undefined;
  interface?: EndpointInterface | undefined;
  credential: ClusterCredential;
  state?: ClusterState | undefined;
  /** What it can do beyond what is discovered: `local_disk`, … */
  capabilities?: readonly string[] | undefined;
}

/** Members that are left out stay as they are. */
export interface ClusterChanges {
  name?: string | undefined;
  idc?: string | undefined;
  conductorGroup?: string | undefined;
  authUrl?: string | undefined;
  /** Null: the only region there is. */
  region?: string | null | undefined;
  interface?: EndpointInterface | undefined;
  credential?: ClusterCredential | undefined;
  state?: ClusterState | undefined;
  stateReason?: string | null | undefined;
  capabilities?: readonly string[] | undefined;
}

/** A cluster as it may be shown: all but its credential. */
export interface ClusterSummary {
  id: string;
  name: string;
  idc: { id: string; name: string };
  conductorGroup: { id: string; name: string };
  authUrl: string;
  region: string | null;
  interface: EndpointInterface;
  credentialKind: ClusterCredential['kind'];
  state: ClusterState;
  stateReason: string | null;
  version: number;
  connectionVersion: number;
  releaseName: string | null;
  /** Null until it was looked at. */
  networkBackend: NetworkBackend | null;
  probe: { status: ProbeStatus; fault: FaultRecord | null; at: Date | null };
  health: ClusterHealth;
  capacity: Capacity | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface ClusterHealth {
  reachable: boolean;
  /** When the present row of outages began; null while it answers. */
  outageSince: Date | null;
  outages: number;
  detail: string | null;
}

/** With all that was discovered. */
export interface ClusterDetail extends ClusterSummary {
  inventory: Inventory;
  declaredCapabilities: string[];
}

/** What a conductor needs to talk to a cluster. The credential is in the clear: never log or store it. */
export interface ClusterConnection {
  id: string;
  name: string;
  conductorGroup: string;
  state: ClusterState;
  authUrl: string;
  region: string | null;
  interface: EndpointInterface;
  credential: ClusterCredential;
  /** Changes whenever one of the members above that matter for the connection does. */
  connectionVersion: number;
}

/** The input of the task `cluster.probe`. */
export interface ClusterProbeInput {
  cluster_id: string;
  /** The registration that is probed; when it was changed meanwhile, another probe is on its way. */
  connection_version: number;
}
