import { type DynamicModule, Module } from '@nestjs/common';
import { Idempotency } from '@ultron/platform/idempotency/idempotency.service';
import { IdempotencyRepository } from '@ultron/platform/idempotency/idempotency.repository';
import { Log } from '@ultron/platform/logging/logger';

/** What every controller may ask for. */
@Module({})
export class EdgeModule {
  static with(log: Log): DynamicModule {
    return {
      module: EdgeModule,
      global: true,
      providers: [{ provide: Log, useValue: log }, Idempotency, IdempotencyRepository],
      exports: [Log, Idempotency],
    };
  }
}
