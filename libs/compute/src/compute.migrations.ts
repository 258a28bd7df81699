import type { MigrationInterface, QueryRunner } from 'typeorm';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const OPENSTACK_ID = 'VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin';
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export class CreateCompute1780000006000 implements MigrationInterface {
  readonly name = 'CreateCompute1780000006000';

  async up(runner: QueryRunner): Promise<void> {
    await createFlavors(runner);
    await createImages(runner);
    await createServers(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'scheduling_decision',
      'server',
      'key_pair',
      'cluster_image',
      'image',
      'cluster_flavor',
      'flavor',
    ];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
  }
}

async function createFlavors(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE flavor (
      id         ${ID}        NOT NULL,
      name       VARCHAR(255) NOT NULL,
      vcpus      INT          NOT NULL,
      ram_mb     INT          NOT NULL,
      disk_gb    INT          NOT NULL,
      created_at DATETIME(6)  NOT NULL,
      PRIMARY KEY (id),
      UNIQUE KEY flavor_name (name)
    ) ${TABLE}`);
  await runner.query(`
    CREATE TABLE cluster_flavor (
      cluster_id      ${ID}        NOT NULL,
      openstack_id    VARCHAR(255) NOT NULL,
      flavor_id       ${ID}        NULL,
      name            VARCHAR(255) NOT NULL,
      vcpus           INT          NOT NULL,
      ram_mb          INT          NOT NULL,
      disk_gb         INT          NOT NULL,
      fits            INT          NULL,
      unmapped_reason VARCHAR(255) NULL,
      observed_at     DATETIME(6)  NOT NULL,
      PRIMARY KEY (cluster_id, openstack_id),
      UNIQUE KEY cluster_flavor_logical (flavor_id, cluster_id),
      CONSTRAINT cluster_flavor_cluster FOREIGN KEY (cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
      CONSTRAINT cluster_flavor_flavor FOREIGN KEY (flavor_id) REFERENCES flavor (id)
    ) ${TABLE}`);
}

async function createImages(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE image (
      id         ${ID}        NOT NULL,
      name       VARCHAR(255) NOT NULL,
      created_at DATETIME(6)  NOT NULL,
      PRIMARY KEY (id),
      UNIQUE KEY image_name (name)
    ) ${TABLE}`);
  await runner.query(`
    CREATE TABLE cluster_image (
      cluster_id      ${ID}           NOT NULL,
      openstack_id    ${OPENSTACK_ID} NOT NULL,
      image_id        ${ID}           NULL,
      name            VARCHAR(255)    NOT NULL,
      min_disk_gb     INT             NOT NULL,
      min_ram_mb      INT             NOT NULL,
      pinned          TINYINT(1)      NOT NULL,
      unmapped_reason VARCHAR(255)    NULL,
      observed_at     DATETIME(6)     NOT NULL,
      PRIMARY KEY (cluster_id, openstack_id),
      UNIQUE KEY cluster_image_logical (image_id, cluster_id),
      CONSTRAINT cluster_image_cluster FOREIGN KEY (cluster_id) REFERENCES cluster (id) ON DELETE CASCADE,
      CONSTRAINT cluster_image_image FOREIGN KEY (image_id) REFERENCES image (id)
    ) ${TABLE}`);
}

async function createServers(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE key_pair (
      id          ${ID}        NOT NULL,
      project_id  ${ID}        NOT NULL,
      name        VARCHAR(255) NOT NULL,
      type        VARCHAR(16)  NOT NULL,
      public_key  TEXT         NOT NULL,
      fingerprint VARCHAR(64)  NOT NULL,
      created_at  DATETIME(6)  NOT NULL,
      PRIMARY KEY (id),
      UNIQUE KEY key_pair_name (project_id, name)
    ) ${TABLE}`);
  // No foreign keys here: their checks would lock rows of the registry at every creation of a server.
  await runner.query(`
    CREATE TABLE server (
      id                   ${ID}           NOT NULL,
      project_id           ${ID}           NOT NULL,
      name                 VARCHAR(255)    NOT NULL,
      flavor_id            ${ID}           NOT NULL,
      image_id             ${ID}           NOT NULL,
      network_id           ${ID}           NOT NULL,
      key_pair_id          ${ID}           NULL,
      user_data            MEDIUMTEXT      NULL,
      metadata             JSON            NOT NULL,
      security_groups      JSON            NOT NULL,
      placement            JSON            NOT NULL,
      cluster_id           ${ID}           NOT NULL,
      status               VARCHAR(16)     NOT NULL,
      fault                JSON            NULL,
      task_id              ${ID}           NOT NULL,
      version              INT             NOT NULL,
      openstack_id         ${OPENSTACK_ID} NULL,
      observed_status      VARCHAR(32)     NULL,
      observed_task_state  VARCHAR(64)     NULL,
      observed_power_state INT             NULL,
      observed_at          DATETIME(6)     NULL,
      created_at           DATETIME(6)     NOT NULL,
      updated_at           DATETIME(6)     NOT NULL,
      deleted_at           DATETIME(6)     NULL,
      PRIMARY KEY (id),
      UNIQUE KEY server_openstack (cluster_id, openstack_id),
      KEY server_project (project_id, id)
    ) ${TABLE}`);
  await runner.query(`
    CREATE TABLE scheduling_decision (
      id         ${ID}       NOT NULL,
      task_id    ${ID}       NOT NULL,
      project_id ${ID}       NOT NULL,
      \`explain\`  JSON        NOT NULL,
      created_at DATETIME(6) NOT NULL,
      PRIMARY KEY (id),
      KEY scheduling_decision_task (task_id)
    ) ${TABLE}`);
}

/** Servers with several networks, or with addresses of a VPC. */
export class AddServerNics1780000006100 implements MigrationInterface {
  readonly name = 'AddServerNics1780000006100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE server MODIFY network_id ${ID} NULL`);
    await runner.query(`ALTER TABLE server ADD preemptible TINYINT(1) NOT NULL DEFAULT 0`);
    // No foreign keys here: their checks would lock rows of the plan at every creation of a server.
    await runner.query(`
      CREATE TABLE server_nic (
        server_id      ${ID}            NOT NULL,
        position       TINYINT UNSIGNED NOT NULL,
        network_id     ${ID}            NULL,
        vpc_id         ${ID}            NULL,
        subnet_id      ${ID}            NULL,
        subnet_asked   TINYINT(1)       NOT NULL,
        address_asked  TINYINT(1)       NOT NULL,
        address        VARCHAR(45)      NULL,
        segment_id     ${ID}            NULL,
        reservation_id ${ID}            NULL,
        PRIMARY KEY (server_id, position),
        UNIQUE KEY server_nic_reservation (reservation_id),
        KEY server_nic_network (network_id, server_id),
        KEY server_nic_vpc (vpc_id, server_id),
        KEY server_nic_subnet (subnet_id, server_id),
        KEY server_nic_segment (segment_id)
      ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE server_nic');
    await runner.query('ALTER TABLE server DROP preemptible');
    await runner.query(`ALTER TABLE server MODIFY network_id ${ID} NOT NULL`);
  }
}

/** A server that is adopted may be of a flavor or an image that is mapped to none of ours. */
export class AllowUnmappedServers1780000006110 implements MigrationInterface {
  readonly name = 'AllowUnmappedServers1780000006110';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE server MODIFY flavor_id ${ID} NULL, MODIFY image_id ${ID} NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM server WHERE flavor_id IS NULL OR image_id IS NULL');
    await runner.query(`ALTER TABLE server MODIFY flavor_id ${ID} NOT NULL, MODIFY image_id ${ID} NOT NULL`);
  }
}

export const computeMigrations = [
  CreateCompute1780000006000,
  AddServerNics1780000006100,
  AllowUnmappedServers1780000006110,
];
