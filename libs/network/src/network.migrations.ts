import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addressPlanMigrations } from './address-plan/address-plan.migrations.js';
import { portAndRouterMigrations } from './lifecycle/port-router.migrations.js';
import { realisationMigrations } from './realisation/realisation.migrations.js';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const OPENSTACK_ID = 'VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin';
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export class CreateNetwork1780000005000 implements MigrationInterface {
  readonly name = 'CreateNetwork1780000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE network (
        id         ${ID}        NOT NULL,
        name       VARCHAR(255) NOT NULL,
        created_at DATETIME(6)  NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY network_name (name)
      ) ${TABLE}`);
    await runner.query(`
      CREATE TABLE cluster_network (
        cluster_id      ${ID}           NOT NULL,
        openstack_id    ${OPENSTACK_ID} NOT NULL,
        network_id      ${ID}           NULL,
        name            VARCHAR(255)    NOT NULL,
        is_external     TINYINT(1)      NOT NULL,
        unmapped_reason VARCHAR(255)    NULL,
        observed_at     DATETIME(6)     NOT NULL,
        PRIMARY KEY (cluster_id, openstack_id),
        UNIQUE KEY cluster_network_logical (network_id, cluster_id),
        CONSTRAINT cluster_network_cluster FOREIGN KEY (cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
        CONSTRAINT cluster_network_network FOREIGN KEY (network_id) REFERENCES network (id)
      ) ${TABLE}`);
    // No foreign keys here: their checks would lock rows of the registry at every creation of a server.
    await runner.query(`
      CREATE TABLE port (
        id           ${ID}           NOT NULL,
        server_id    ${ID}           NOT NULL,
        cluster_id   ${ID}           NOT NULL,
        network_id   ${ID}           NOT NULL,
        openstack_id ${OPENSTACK_ID} NOT NULL,
        mac_address  VARCHAR(32)     NOT NULL,
        fixed_ips    JSON            NOT NULL,
        status       VARCHAR(16)     NOT NULL,
        observed_at  DATETIME(6)     NOT NULL,
        created_at   DATETIME(6)     NOT NULL,
        deleted_at   DATETIME(6)     NULL,
        PRIMARY KEY (id),
        UNIQUE KEY port_openstack (cluster_id, openstack_id),
        KEY port_server (server_id)
      ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['port', 'cluster_network', 'network']) await runner.query(`DROP TABLE ${table}`);
  }
}

/** A network of a cluster may be mapped by hand. */
export class PinClusterNetworks1780000005990 implements MigrationInterface {
  readonly name = 'PinClusterNetworks1780000005990';

  async up(runner: QueryRunner): Promise<void> {
    // Databases of the first days of this version have it from another migration.
    if (await runner.hasColumn('cluster_network', 'pinned')) return;
    await runner.query('ALTER TABLE cluster_network ADD pinned TINYINT(1) NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE cluster_network DROP pinned');
  }
}

export const networkMigrations = [
  CreateNetwork1780000005000,
  ...addressPlanMigrations,
  ...realisationMigrations,
  ...portAndRouterMigrations,
  PinClusterNetworks1780000005990,
];
