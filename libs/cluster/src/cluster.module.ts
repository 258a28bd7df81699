import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CapacityRepository } from './capacity/capacity.repository.js';
import { ClusterConnectionRepository } from './cluster/cluster-connection.repository.js';
import { ClusterObservations } from './cluster/cluster-observation.service.js';
import { ClusterRepository } from './cluster/cluster.repository.js';
import { ConductorGroupRepository } from './conductor-group/conductor-group.repository.js';
import { ConductorGroupService } from './conductor-group/conductor-group.service.js';
import { CredentialCipher } from './credential/credential-cipher.js';
import { parseCredentialKeys } from './credential/credential.rules.js';
import { IdcRepository } from './idc/idc.repository.js';
import { IdcService } from './idc/idc.service.js';
import { InventoryRepository } from './inventory/inventory.repository.js';
import { FactsRepository } from './scheduler/facts.repository.js';
import { SchedulerService } from './scheduler/scheduler.service.js';

export interface ClusterModuleOptions {
  /** The value of ULTRON_CREDENTIAL_KEY: one or more keys, see `parseCredentialKeys`. */
  credentialKey: string;
}

@Module({})
class ClusterModule {}

/**
 * The registry's repositories, the scheduler and the conductors' side. `ClusterService` itself is provided by who
 * registers clusters (the API), because it needs a `ClusterUse` from the domains above. Needs `Database`.
 */
export function clusterModule(options: ClusterModuleOptions): DynamicModule {
  const repositories: Provider[] = [
    IdcRepository,
    ConductorGroupRepository,
    ClusterRepository,
    ClusterConnectionRepository,
    CapacityRepository,
    InventoryRepository,
    FactsRepository,
  ];
  const services: Provider[] = [
    IdcService,
    ConductorGroupService,
    ClusterObservations,
    {
      provide: CredentialCipher,
      useFactory: () => new CredentialCipher(parseCredentialKeys(options.credentialKey)),
    },
    {
      provide: SchedulerService,
      inject: [CapacityRepository, FactsRepository],
      useFactory: (capacities: CapacityRepository, facts: FactsRepository) =>
        new SchedulerService(capacities, facts),
    },
  ];
  const providers = [...repositories, ...services];
  return { module: ClusterModule, global: true, providers, exports: providers };
}
