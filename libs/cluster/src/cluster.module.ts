import { Module } from '@nestjs/common';
import { GroupViewRepository } from '@ultron/sync/membership/group-view.repository';
import { ClusterConnectionRepository } from './cluster/cluster-connection.repository.js';
import { ClusterObservations } from './cluster/cluster-observation.service.js';
import { ClusterReprobes } from './cluster/cluster-reprobe.service.js';
import { ClusterRepository } from './cluster/cluster.repository.js';
import { ClusterNames } from './cluster/cluster-names.js';
import { ConductorGroupRepository } from './conductor-group/conductor-group.repository.js';
import { GroupAlarms } from './conductor-group/group-alarms.js';
import { GroupClustersRepository } from './conductor-group/group-clusters.repository.js';
import { ConductorGroupService } from './conductor-group/conductor-group.service.js';
import { CredentialCipher } from './credential/credential-cipher.js';
import { credentialKeys } from './credential/credential.config.js';
import { IdcRepository } from './idc/idc.repository.js';
import { IdcService } from './idc/idc.service.js';
import { InventoryRepository } from './inventory/inventory.repository.js';
import { RefreshRepository } from './refresh/refresh.repository.js';
import { SchedulerModule } from './scheduler/scheduler.module.js';

const providers = [
  IdcRepository,
  IdcService,
  ConductorGroupRepository,
  ConductorGroupService,
  GroupClustersRepository,
  GroupViewRepository,
  GroupAlarms,
  ClusterNames,
  ClusterRepository,
  ClusterConnectionRepository,
  InventoryRepository,
  RefreshRepository,
  ClusterObservations,
  ClusterReprobes,
  { provide: CredentialCipher, useFactory: () => new CredentialCipher(credentialKeys()) },
];

/**
 * The registry and the conductors' side of it; it needs `Database`, `TaskService` and ULTRON_CREDENTIAL_KEY. `ClusterService` itself is
 * provided by the API, because it asks the domains above by `ClusterUse` before it removes a cluster.
 */
@Module({ imports: [SchedulerModule], providers, exports: [SchedulerModule, ...providers] })
export class ClusterModule {}
