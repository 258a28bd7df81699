import { CapacityReservation } from './capacity/capacity-reservation.entity.js';
import { ClusterCapacity } from './capacity/cluster-capacity.entity.js';
import { Cluster } from './cluster/cluster.entity.js';
import { ConductorGroup } from './conductor-group/conductor-group.entity.js';
import { Idc } from './idc/idc.entity.js';
import { ClusterAvailabilityZone } from './inventory/cluster-availability-zone.entity.js';
import { ClusterCapability } from './inventory/cluster-capability.entity.js';
import { ClusterExtension } from './inventory/cluster-extension.entity.js';
import { ClusterServiceRow } from './inventory/cluster-service.entity.js';
import { ClusterRefresh } from './refresh/cluster-refresh.entity.js';
import { PlacementFailure } from './scheduler/placement-failure.entity.js';

export const clusterEntities = [
  Idc,
  ConductorGroup,
  Cluster,
  ClusterServiceRow,
  ClusterExtension,
  ClusterCapability,
  ClusterAvailabilityZone,
  ClusterCapacity,
  CapacityReservation,
  ClusterRefresh,
  PlacementFailure,
];
