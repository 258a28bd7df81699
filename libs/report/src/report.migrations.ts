import type { MigrationInterface, QueryRunner } from 'typeorm';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const WORD = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const COUNT = 'BIGINT UNSIGNED NOT NULL DEFAULT 0';

// No foreign keys: what was there an hour ago is reported also when the cluster or the flavor is gone.
const TABLES: readonly (readonly [string, string])[] = [
  [
    'report_hour',
    `
    CREATE TABLE report_hour (
      hour        DATETIME(6) NOT NULL,
      state       ${WORD(8)}  NOT NULL,
      claimed_at  DATETIME(6) NOT NULL,
      finished_at DATETIME(6) NULL,
      tries       INT UNSIGNED NOT NULL DEFAULT 1,
      PRIMARY KEY (hour),
      KEY report_hour_state (state, hour)
    ) ${TABLE}`,
  ],
  [
    'report_usage',
    `
    CREATE TABLE report_usage (
      id         ${ID}       NOT NULL,
      hour       DATETIME(6) NOT NULL,
      cluster_id ${ID}       NOT NULL,
      project_id ${ID}       NOT NULL,
      flavor_id  ${WORD(36)} NOT NULL,
      servers    ${COUNT},
      vcpus      ${COUNT},
      ram_mb     ${COUNT},
      disk_gb    ${COUNT},
      addresses  ${COUNT},
      PRIMARY KEY (id),
      UNIQUE KEY report_usage_place (hour, cluster_id, project_id, flavor_id),
      KEY report_usage_project (project_id, hour)
    ) ${TABLE}`,
  ],
  [
    'report_outcome',
    `
    CREATE TABLE report_outcome (
      id            ${ID}        NOT NULL,
      hour          DATETIME(6)  NOT NULL,
      cluster_id    ${WORD(36)}  NOT NULL,
      project_id    ${WORD(36)}  NOT NULL,
      flavor_id     ${WORD(36)}  NOT NULL,
      task_kind     ${WORD(64)}  NOT NULL,
      succeeded     ${COUNT},
      failed        ${COUNT},
      cancelled     ${COUNT},
      fault_codes   JSON         NOT NULL,
      active_p50_ms INT UNSIGNED NULL,
      active_p99_ms INT UNSIGNED NULL,
      active_max_ms INT UNSIGNED NULL,
      PRIMARY KEY (id),
      UNIQUE KEY report_outcome_place (hour, cluster_id, project_id, flavor_id, task_kind),
      KEY report_outcome_project (project_id, hour)
    ) ${TABLE}`,
  ],
  [
    'report_capacity',
    `
    CREATE TABLE report_capacity (
      id             ${ID}       NOT NULL,
      hour           DATETIME(6) NOT NULL,
      cluster_id     ${ID}       NOT NULL,
      servers        ${COUNT},
      vcpus          ${COUNT},
      vcpus_used     ${COUNT},
      ram_mb         ${COUNT},
      ram_mb_used    ${COUNT},
      disk_gb        ${COUNT},
      disk_gb_used   ${COUNT},
      addresses      ${COUNT},
      addresses_used ${COUNT},
      observed_at    DATETIME(6) NULL,
      PRIMARY KEY (id),
      UNIQUE KEY report_capacity_place (hour, cluster_id),
      KEY report_capacity_cluster (cluster_id, hour)
    ) ${TABLE}`,
  ],
];

export class CreateReport1780000008250 implements MigrationInterface {
  readonly name = 'CreateReport1780000008250';

  async up(runner: QueryRunner): Promise<void> {
    for (const [, statement] of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table] of TABLES.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}

/** What is left for each flavor and each project. */
export class ReportRoomLeft1780000008251 implements MigrationInterface {
  readonly name = 'ReportRoomLeft1780000008251';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE report_flavor_capacity (
        id           ${ID}        NOT NULL,
        hour         DATETIME(6)  NOT NULL,
        cluster_id   ${ID}        NOT NULL,
        flavor_id    ${ID}        NOT NULL,
        flavor       VARCHAR(255) NOT NULL,
        servers_left ${COUNT},
        observed_at  DATETIME(6)  NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY report_flavor_capacity_place (hour, cluster_id, flavor_id),
        KEY report_flavor_capacity_cluster (cluster_id, hour)
      ) ${TABLE}`);
    await runner.query(`
      CREATE TABLE report_project_capacity (
        id             ${ID}       NOT NULL,
        hour           DATETIME(6) NOT NULL,
        project_id     ${ID}       NOT NULL,
        addresses      ${COUNT},
        addresses_used ${COUNT},
        PRIMARY KEY (id),
        UNIQUE KEY report_project_capacity_place (hour, project_id),
        KEY report_project_capacity_project (project_id, hour)
      ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE report_project_capacity, report_flavor_capacity');
  }
}

export const reportMigrations = [CreateReport1780000008250, ReportRoomLeft1780000008251];
