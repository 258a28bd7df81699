import type { MigrationInterface, QueryRunner } from 'typeorm';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const COUNT = 'INT UNSIGNED NOT NULL DEFAULT 0';
const STATES = `'enabled', 'draining', 'maintenance', 'read_only', 'down'`;

const named = (table: string) => `
  CREATE TABLE ${table} (
    id          ${ID}        NOT NULL,
    name        VARCHAR(63)  NOT NULL,
    description VARCHAR(255) NOT NULL DEFAULT '',
    created_at  DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY ${table}_name (name)
  ) ${TABLE}`;

const ofCluster = (table: string) =>
  `CONSTRAINT ${table}_cluster FOREIGN KEY (cluster_id) REFERENCES cluster (id) ON DELETE CASCADE`;

const TABLES: readonly (readonly [string, string])[] = [
  ['idc', named('idc')],
  ['conductor_group', named('conductor_group')],
  [
    'cluster',
    `
    CREATE TABLE cluster (
      id                 ${ID}        NOT NULL,
      name               VARCHAR(63)  NOT NULL,
      idc_id             ${ID}        NOT NULL,
      conductor_group_id ${ID}        NOT NULL,
      auth_url           VARCHAR(255) NOT NULL,
      region             VARCHAR(255) NULL,
      interface          VARCHAR(16)  NOT NULL DEFAULT 'public',
      credential         JSON         NOT NULL,
      state              VARCHAR(16)  NOT NULL DEFAULT 'enabled',
      state_reason       VARCHAR(255) NULL,
      version            INT UNSIGNED NOT NULL DEFAULT 1,
      connection_version INT UNSIGNED NOT NULL DEFAULT 1,
      created_at         DATETIME(6)  NOT NULL,
      updated_at         DATETIME(6)  NOT NULL,
      release_name       VARCHAR(32)  NULL,
      probe_status       VARCHAR(16)  NOT NULL DEFAULT 'pending',
      probe_fault        JSON         NULL,
      probed_at          DATETIME(6)  NULL,
      outages            ${COUNT},
      outage_since       DATETIME(6)  NULL,
      outage_detail      VARCHAR(255) NULL,
      PRIMARY KEY (id),
      UNIQUE KEY cluster_name (name),
      CONSTRAINT cluster_idc FOREIGN KEY (idc_id) REFERENCES idc (id),
      CONSTRAINT cluster_conductor_group FOREIGN KEY (conductor_group_id) REFERENCES conductor_group (id),
      CONSTRAINT cluster_state CHECK (state IN (${STATES})),
      CONSTRAINT cluster_probe_status CHECK (probe_status IN ('pending', 'ok', 'failed'))
    ) ${TABLE}`,
  ],
  [
    'cluster_service',
    `
    CREATE TABLE cluster_service (
      cluster_id   ${ID}        NOT NULL,
      service_type VARCHAR(63)  NOT NULL,
      endpoint     VARCHAR(255) NOT NULL,
      min_version  VARCHAR(16)  NULL,
      max_version  VARCHAR(16)  NULL,
      PRIMARY KEY (cluster_id, service_type),
      ${ofCluster('cluster_service')}
    ) ${TABLE}`,
  ],
  [
    'cluster_extension',
    `
    CREATE TABLE cluster_extension (
      cluster_id ${ID}        NOT NULL,
      alias      VARCHAR(127) NOT NULL,
      PRIMARY KEY (cluster_id, alias),
      ${ofCluster('cluster_extension')}
    ) ${TABLE}`,
  ],
  [
    'cluster_capability',
    `
    CREATE TABLE cluster_capability (
      cluster_id ${ID}        NOT NULL,
      name       VARCHAR(127) NOT NULL,
      declared   TINYINT(1)   NOT NULL DEFAULT 0,
      PRIMARY KEY (cluster_id, name, declared),
      KEY cluster_capability_name (name),
      ${ofCluster('cluster_capability')}
    ) ${TABLE}`,
  ],
  [
    'cluster_availability_zone',
    `
    CREATE TABLE cluster_availability_zone (
      cluster_id ${ID}        NOT NULL,
      name       VARCHAR(127) NOT NULL,
      available  TINYINT(1)   NOT NULL,
      PRIMARY KEY (cluster_id, name),
      ${ofCluster('cluster_availability_zone')}
    ) ${TABLE}`,
  ],
  [
    'cluster_capacity',
    `
    CREATE TABLE cluster_capacity (
      cluster_id       ${ID}       NOT NULL,
      hosts            ${COUNT},
      servers          ${COUNT},
      vcpus            ${COUNT},
      vcpus_used       ${COUNT},
      ram_mb           ${COUNT},
      ram_mb_used      ${COUNT},
      disk_gb          ${COUNT},
      disk_gb_used     ${COUNT},
      promised_servers ${COUNT},
      promised_vcpus   ${COUNT},
      promised_ram_mb  ${COUNT},
      promised_disk_gb ${COUNT},
      observed_at      DATETIME(6) NULL,
      PRIMARY KEY (cluster_id),
      ${ofCluster('cluster_capacity')}
    ) ${TABLE}`,
  ],
  [
    'cluster_refresh',
    `
    CREATE TABLE cluster_refresh (
      cluster_id       ${ID}       NOT NULL,
      due_at           DATETIME(6) NOT NULL,
      inventory_due_at DATETIME(6) NOT NULL,
      PRIMARY KEY (cluster_id),
      KEY cluster_refresh_due (due_at),
      ${ofCluster('cluster_refresh')}
    ) ${TABLE}`,
  ],
  // No foreign key: its check would lock the cluster's row at every placement. Whoever writes a reservation holds
  // the lock of the cluster's capacity row, which a cluster loses only when it has no reservations.
  [
    'capacity_reservation',
    `
    CREATE TABLE capacity_reservation (
      server_id  ${ID}        NOT NULL,
      cluster_id ${ID}        NOT NULL,
      vcpus      INT UNSIGNED NOT NULL,
      ram_mb     INT UNSIGNED NOT NULL,
      disk_gb    INT UNSIGNED NOT NULL,
      created_at DATETIME(6)  NOT NULL,
      settled_at DATETIME(6)  NULL,
      PRIMARY KEY (server_id),
      KEY capacity_reservation_cluster (cluster_id, settled_at)
    ) ${TABLE}`,
  ],
  [
    'placement_failure',
    `
    CREATE TABLE placement_failure (
      id         ${ID}        NOT NULL,
      cluster_id ${ID}        NOT NULL,
      server_id  ${ID}        NOT NULL,
      reason     VARCHAR(255) NOT NULL,
      failed_at  DATETIME(6)  NOT NULL,
      PRIMARY KEY (id),
      KEY placement_failure_recent (failed_at, cluster_id),
      KEY placement_failure_cluster (cluster_id, failed_at)
    ) ${TABLE}`,
  ],
];

export class CreateCluster1780000003000 implements MigrationInterface {
  readonly name = 'CreateCluster1780000003000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [, statement] of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table] of TABLES.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}

/** What does the networking of a cluster, as the last probe or refresh found it. */
export class AddClusterNetworkBackend1780000003100 implements MigrationInterface {
  readonly name = 'AddClusterNetworkBackend1780000003100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE cluster ADD COLUMN network_backend VARCHAR(31) NULL AFTER release_name');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE cluster DROP COLUMN network_backend');
  }
}

export const clusterMigrations = [CreateCluster1780000003000, AddClusterNetworkBackend1780000003100];
