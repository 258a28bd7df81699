import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from './database.service.js';
import { openDatabase, type EntityClass, type MigrationClass } from './open-database.js';

export interface DatabaseModuleOptions {
  entities: readonly EntityClass[];
  migrations?: readonly MigrationClass[];
  config: { url: string; poolSize?: number };
}

@Module({})
class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

/** Provides `Database` to the whole application. It connects; it does not migrate (see `migrate`). */
export function databaseModule(options: DatabaseModuleOptions): DynamicModule {
  const { entities, migrations, config } = options;
  const provider = { provide: Database, useFactory: () => openDatabase({ ...config, entities, migrations }) };
  return { module: DatabaseModule, global: true, providers: [provider], exports: [Database] };
}
