import { identityMigrations } from '@ultron/identity/identity.migrations';
import type { MigrationClass } from '@ultron/platform/database/open-database';

/** The migrations of all libraries, in the order in which they build on each other. */
export const migrations: readonly MigrationClass[] = [...identityMigrations];
