import type { FaultRecord } from '@ultron/kernel/fault';
import { type CapacityRow, toCapacity } from '../capacity/capacity.row.js';
import type { SealedCredential } from '../credential/credential.js';
import type { NetworkBackend } from '../inventory/network-capability.js';
import type { EndpointInterface, ProbeStatus } from './cluster.entity.js';
import { countsAsReachable } from './cluster.rules.js';
import type { ClusterState } from './cluster.state.js';
import type { ClusterSummary } from './cluster.types.js';

/** A row of `cluster` joined with its IDC, its conductor group and its capacity. */
export interface ClusterRow extends CapacityRow {
  id: string;
  name: string;
  idc_id: string;
  idc_name: string;
  conductor_group_id: string;
  conductor_group_name: string;
  auth_url: string;
  region: string | null;
  interface: EndpointInterface;
  credential: SealedCredential;
  state: ClusterState;
  state_reason: string | null;
  version: number;
  connection_version: number;
  created_at: Date;
  updated_at: Date;
  release_name: string | null;
  network_backend: NetworkBackend | null;
  probe_status: ProbeStatus;
  probe_fault: FaultRecord | null;
  probed_at: Date | null;
  outages: number;
  outage_since: Date | null;
  outage_detail: string | null;
}

export const toSummary = (row: ClusterRow): ClusterSummary => ({
  id: row.id,
  name: row.name,
  idc: { id: row.idc_id, name: row.idc_name },
  conductorGroup: { id: row.conductor_group_id, name: row.conductor_group_name },
  authUrl: row.auth_url,
  region: row.region,
  interface: row.interface,
  credentialKind: row.credential.kind,
  state: row.state,
  stateReason: row.state_reason,
  version: row.version,
  connectionVersion: row.connection_version,
  releaseName: row.release_name,
  networkBackend: row.network_backend,
  probe: { status: row.probe_status, fault: row.probe_fault, at: row.probed_at },
  health: {
    reachable: countsAsReachable(row.outages),
    outageSince: row.outage_since,
    outages: row.outages,
    detail: row.outage_detail,
  },
  capacity: row.observed_at ? toCapacity(row) : null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
