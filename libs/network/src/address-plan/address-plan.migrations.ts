import type { MigrationInterface, QueryRunner } from 'typeorm';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const WORD = 'VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin';
const BLOCK = `base VARBINARY(16) NOT NULL, prefix TINYINT UNSIGNED NOT NULL`;
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export class CreateAddressPlan1780000005100 implements MigrationInterface {
  readonly name = 'CreateAddressPlan1780000005100';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [POOL, VPC, SUBNET, SEGMENT, ADDRESS, SUPPLEMENT]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['supplement', 'address', 'segment', 'subnet', 'vpc', 'address_pool']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}

const POOL = `
  CREATE TABLE address_pool (
    id             ${ID}             NOT NULL,
    name           VARCHAR(63)       NOT NULL,
    family         TINYINT UNSIGNED  NOT NULL,
    ${BLOCK},
    vpc_prefix     TINYINT UNSIGNED  NOT NULL,
    subnet_prefix  TINYINT UNSIGNED  NOT NULL,
    segment_prefix TINYINT UNSIGNED  NOT NULL,
    next_slot      INT UNSIGNED      NOT NULL DEFAULT 0,
    created_at     DATETIME(6)       NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY address_pool_name (name)
  ) ${TABLE}`;

const VPC = `
  CREATE TABLE vpc (
    id          ${ID}            NOT NULL,
    pool_id     ${ID}            NOT NULL,
    project_id  ${ID}            NOT NULL,
    name        VARCHAR(255)     NOT NULL,
    slot        INT UNSIGNED     NOT NULL,
    ${BLOCK},
    realisation ${WORD}          NOT NULL,
    sharing     ${WORD}          NOT NULL,
    dhcp_ports  TINYINT UNSIGNED NOT NULL,
    idc_ids     JSON             NOT NULL,
    generation  INT UNSIGNED     NOT NULL DEFAULT 0,
    created_at  DATETIME(6)      NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY vpc_slot (pool_id, slot),
    KEY vpc_project (project_id, id),
    CONSTRAINT vpc_pool FOREIGN KEY (pool_id) REFERENCES address_pool (id)
  ) ${TABLE}`;

const SUBNET = `
  CREATE TABLE subnet (
    id         ${ID}             NOT NULL,
    vpc_id     ${ID}             NOT NULL,
    idc_id     ${ID}             NOT NULL,
    slot       SMALLINT UNSIGNED NOT NULL,
    ${BLOCK},
    created_at DATETIME(6)       NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY subnet_slot (vpc_id, slot),
    CONSTRAINT subnet_vpc FOREIGN KEY (vpc_id) REFERENCES vpc (id)
  ) ${TABLE}`;

// No foreign keys from here on: their checks would lock rows of the plan whenever an address is handed out.
const SEGMENT = `
  CREATE TABLE segment (
    id                ${ID}        NOT NULL,
    scope_id          ${ID}        NOT NULL,
    vpc_id            ${ID}        NOT NULL,
    subnet_id         ${ID}        NOT NULL,
    ${BLOCK},
    state             ${WORD}      NOT NULL,
    cluster_id        ${ID}        NULL,
    held              INT UNSIGNED NOT NULL DEFAULT 0,
    infra             INT UNSIGNED NOT NULL DEFAULT 0,
    dealt_at          DATETIME(6)  NULL,
    used_at           DATETIME(6)  NULL,
    quarantined_until DATETIME(6)  NULL,
    PRIMARY KEY (id),
    UNIQUE KEY segment_base (scope_id, base),
    KEY segment_cluster (vpc_id, cluster_id, state),
    KEY segment_quarantine (quarantined_until)
  ) ${TABLE}`;

const ADDRESS = `
  CREATE TABLE address (
    scope_id       ${ID}         NOT NULL,
    address        VARBINARY(16) NOT NULL,
    segment_id     ${ID}         NOT NULL,
    state          VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reservation_id ${ID}         NULL,
    port_id        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    expires_at     DATETIME(6)   NULL,
    PRIMARY KEY (scope_id, address),
    KEY address_reservation (reservation_id),
    KEY address_expiry (expires_at)
  ) ${TABLE}`;

const SUPPLEMENT = `
  CREATE TABLE supplement (
    id         ${ID}        NOT NULL,
    vpc_id     ${ID}        NOT NULL,
    idc_id     ${ID}        NOT NULL,
    cluster_id ${ID}        NOT NULL,
    need       INT UNSIGNED NOT NULL,
    outcome    JSON         NOT NULL,
    generation INT UNSIGNED NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    KEY supplement_vpc (vpc_id, created_at)
  ) ${TABLE}`;

/** Why an address is taken out of the plan, how fast segments are used up, who waits, and how much a project may have. */
export class WatchAddressPlan1780000005200 implements MigrationInterface {
  readonly name = 'WatchAddressPlan1780000005200';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [PURPOSE, RATE, DELETING, WAIT, QUOTA]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['address_quota', 'supplement_wait']) await runner.query(`DROP TABLE ${table}`);
    await runner.query('ALTER TABLE subnet DROP COLUMN deleting_at');
    await runner.query('ALTER TABLE segment DROP KEY segment_holder, DROP COLUMN rate');
    await runner.query('ALTER TABLE address DROP KEY address_segment, DROP COLUMN purpose');
  }
}

const PURPOSE = `ALTER TABLE address ADD COLUMN purpose ${WORD} NULL, ADD KEY address_segment (segment_id)`;
const RATE =
  'ALTER TABLE segment ADD COLUMN rate DOUBLE NOT NULL DEFAULT 0, ADD KEY segment_holder (cluster_id)';
const DELETING = 'ALTER TABLE subnet ADD COLUMN deleting_at DATETIME(6) NULL';

const WAIT = `
  CREATE TABLE supplement_wait (
    vpc_id     ${ID}        NOT NULL,
    cluster_id ${ID}        NOT NULL,
    idc_id     ${ID}        NOT NULL,
    need       INT UNSIGNED NOT NULL,
    urgent     TINYINT(1)   NOT NULL,
    since      DATETIME(6)  NOT NULL,
    expires_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (vpc_id, cluster_id),
    KEY supplement_wait_since (since)
  ) ${TABLE}`;

const QUOTA = `
  CREATE TABLE address_quota (
    project_id ${ID}        NOT NULL,
    addresses  INT UNSIGNED NULL,
    updated_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (project_id)
  ) ${TABLE}`;

export const addressPlanMigrations = [CreateAddressPlan1780000005100, WatchAddressPlan1780000005200];
