import { type DynamicModule, Module, type Type } from '@nestjs/common';

import { databaseModule } from '@ultron/platform/database/database.module';
import type { Log } from '@ultron/platform/logging/logger';
import { entities } from '@ultron/schema/entities';
import { migrations } from '@ultron/schema/migrations';
import { tasksModule } from '@ultron/tasks/tasks.module';
import type { ApiConfig } from './api.config.js';
import { DOMAIN_MODULES } from './domain.modules.js';
import type { Domain } from './domain.names.js';
import { EdgeModule } from './edge.module.js';
import { IdentityApiModule } from './identity/identity.api.module.js';
import { TaskApiModule } from './task/task.api.module.js';

@Module({})
export class ApiModule {
  static with(config: ApiConfig, log: Log): DynamicModule {
    const { databaseUrl: url, redisUrl, redisPrefix } = config;
    return {
      module: ApiModule,
      imports: [
        databaseModule({ entities, migrations, config: { url } }),
        EdgeModule.with(log),
        tasksModule({ redisUrl, redisPrefix }),
        IdentityApiModule,
        TaskApiModule,
        ...modulesOf(config.domains),
      ],
    };
  }
}

const modulesOf = (domains: readonly Domain[]): Type[] =>
  domains.map((domain) => DOMAIN_MODULES[domain]).filter((module) => module !== undefined);
