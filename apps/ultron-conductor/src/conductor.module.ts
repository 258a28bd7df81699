import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ClusterModule } from '@ultron/cluster/cluster.module';
import { ComputeModule } from '@ultron/compute/compute.module';
import { AddressPlanModule } from '@ultron/network/address-plan/address-plan.module';
import { PortNetworkModule } from '@ultron/network/port-network.module';
import { RealisationModule } from '@ultron/network/realisation/realisation.module';
import { databaseModule } from '@ultron/platform/database/database.module';
import { Database } from '@ultron/platform/database/database.service';
import { IdempotencyRepository } from '@ultron/platform/idempotency/idempotency.repository';
import { Idempotency } from '@ultron/platform/idempotency/idempotency.service';
import { LockService } from '@ultron/platform/lock/lock.service';
import { Log } from '@ultron/platform/logging/logger';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import { TraceWriter } from '@ultron/platform/trace/trace-writer';
import { ReconcileModule } from '@ultron/reconcile/reconcile.module';
import { ReportModule } from '@ultron/report/report.module';
import { entities } from '@ultron/schema/entities';
import { tasksModule } from '@ultron/tasks/tasks.module';
import type { ConductorConfig } from './conductor.config.js';
import { CONDUCTOR_CONFIG, ConductorWork } from './conductor.work.js';

@Module({})
class PlatformModule implements OnApplicationShutdown {
  constructor(@Inject(LockService) private readonly locks: LockService) {}

  static with(config: ConductorConfig, log: Log): DynamicModule {
    const locks = { provide: LockService, useFactory: () => new LockService({ ...config, log }) };
    const writer = {
      provide: TraceWriter,
      inject: [Database, TraceRepository],
      useFactory: (database: Database, traces: TraceRepository) => new TraceWriter(database, traces, log),
    };
    const providers = [
      { provide: Log, useValue: log },
      Idempotency,
      IdempotencyRepository,
      TraceRepository,
      writer,
      locks,
    ];
    return {
      module: PlatformModule,
      global: true,
      providers,
      exports: [Log, Idempotency, TraceWriter, LockService],
    };
  }

  onApplicationShutdown(): void {
    this.locks.close();
  }
}

@Module({})
export class ConductorModule {
  /** It connects to the database; it never migrates. */
  static with(config: ConductorConfig, log: Log): DynamicModule {
    const { databaseUrl: url, redisUrl, redisPrefix } = config;
    return {
      module: ConductorModule,
      imports: [
        databaseModule({ entities, config: { url } }),
        PlatformModule.with(config, log),
        tasksModule({ redisUrl, redisPrefix }),
        ClusterModule,
        ComputeModule,
        AddressPlanModule,
        RealisationModule,
        PortNetworkModule,
        ReconcileModule,
        ReportModule,
      ],
      providers: [{ provide: CONDUCTOR_CONFIG, useValue: config }, ConductorWork],
    };
  }
}
