import { Module } from '@nestjs/common';
import { CapacityRepository } from '../capacity/capacity.repository.js';
import { FactsRepository } from './facts.repository.js';
import { SchedulerService } from './scheduler.service.js';

/** For who places servers; it needs no key, because it sees no credential. Needs `Database`. */
@Module({
  providers: [
    CapacityRepository,
    FactsRepository,
    {
      provide: SchedulerService,
      inject: [CapacityRepository, FactsRepository],
      useFactory: (capacities: CapacityRepository, facts: FactsRepository) =>
        new SchedulerService(capacities, facts),
    },
  ],
  exports: [CapacityRepository, FactsRepository, SchedulerService],
})
export class SchedulerModule {}
