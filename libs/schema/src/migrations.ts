import { clusterMigrations } from '@ultron/cluster/cluster.migrations';
import { computeMigrations } from '@ultron/compute/compute.migrations';
import { identityMigrations } from '@ultron/identity/identity.migrations';
import { networkMigrations } from '@ultron/network/network.migrations';
import type { MigrationClass } from '@ultron/platform/database/open-database';
import { platformMigrations } from '@ultron/platform/platform.migrations';
import { reconcileMigrations } from '@ultron/reconcile/reconcile.migrations';
import { reportMigrations } from '@ultron/report/report.migrations';
import { securityGroupMigrations } from '@ultron/security-group/security-group.migrations';
import { syncMigrations } from '@ultron/sync/sync.migrations';
import { tasksMigrations } from '@ultron/tasks/tasks.migrations';

/** The migrations of all libraries, in the order in which they build on each other. */
export const migrations: readonly MigrationClass[] = [
  ...platformMigrations,
  ...tasksMigrations,
  ...identityMigrations,
  ...clusterMigrations,
  ...securityGroupMigrations,
  ...networkMigrations,
  ...computeMigrations,
  ...syncMigrations,
  ...reconcileMigrations,
  ...reportMigrations,
];
