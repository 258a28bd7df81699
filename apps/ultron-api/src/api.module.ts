import { type DynamicModule, Module } from '@nestjs/common';
import { databaseModule } from '@ultron/platform/database/database.module';
import type { Log } from '@ultron/platform/logging/logger';
import { entities } from '@ultron/schema/entities';
import { migrations } from '@ultron/schema/migrations';
import { tasksModule } from '@ultron/tasks/tasks.module';
import type { ApiConfig } from './api.config.js';
import { apiModules, apiRoutes } from './api.routes.js';
import { EdgeModule } from './edge.module.js';

@Module({})
export class ApiModule {
  static with(config: ApiConfig, log: Log): DynamicModule {
    const { databaseUrl: url, redisUrl, redisPrefix, domains } = config;
    return {
      module: ApiModule,
      imports: [
        databaseModule({ entities, migrations, config: { url } }),
        EdgeModule.with(log, () => apiRoutes(domains)),
        tasksModule({ redisUrl, redisPrefix }),
        ...apiModules(domains),
      ],
    };
  }
}
