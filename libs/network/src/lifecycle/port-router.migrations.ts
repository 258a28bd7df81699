import type { MigrationInterface, QueryRunner } from 'typeorm';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const OPENSTACK_ID = 'VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin';
const WORD = 'VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin';
const ADDRESS = 'VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin';
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** The columns of `LifecycleRow` and of `ClusterPart`. */
const LIFECYCLE = `
  id          ${ID}        NOT NULL,
  project_id  ${ID}        NOT NULL,
  name        VARCHAR(255) NOT NULL,
  description VARCHAR(255) NOT NULL,
  status      ${WORD}      NOT NULL,
  fault       JSON         NULL,
  task_id     ${ID}        NULL,
  version     INT UNSIGNED NOT NULL,
  created_at  DATETIME(6)  NOT NULL,
  updated_at  DATETIME(6)  NOT NULL,
  deleted_at  DATETIME(6)  NULL`;
const CLUSTER_PART = `
  cluster_id      ${ID}           NOT NULL,
  openstack_id    ${OPENSTACK_ID} NULL,
  status          ${WORD}         NOT NULL,
  fault           JSON            NULL,
  task_id         ${ID}           NULL,
  revision_number INT UNSIGNED    NULL,
  observed_at     DATETIME(6)     NULL`;

/** A port may be of no server, and of a VPC; what Neutron says of it is told from what became of our wish. */
export class GeneralisePort1780000005400 implements MigrationInterface {
  readonly name = 'GeneralisePort1780000005400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE port CHANGE status observed_status VARCHAR(16) NULL');
    await runner.query(`
      ALTER TABLE port
        MODIFY server_id    ${ID}           NULL,
        MODIFY network_id   ${ID}           NULL,
        MODIFY openstack_id ${OPENSTACK_ID} NULL,
        MODIFY mac_address  VARCHAR(32)     NULL,
        MODIFY observed_at  DATETIME(6)     NULL,
        ADD project_id            ${ID}        NULL,
        ADD name                  VARCHAR(255) NOT NULL DEFAULT '',
        ADD description           VARCHAR(255) NOT NULL DEFAULT '',
        ADD status                ${WORD}      NOT NULL DEFAULT 'active',
        ADD fault                 JSON         NULL,
        ADD task_id               ${ID}        NULL,
        ADD version               INT UNSIGNED NOT NULL DEFAULT 1,
        ADD updated_at            DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
        ADD vpc_id                ${ID}        NULL,
        ADD subnet_id             ${ID}        NULL,
        ADD segment_id            ${ID}        NULL,
        ADD reservation_id        ${ID}        NULL,
        ADD admin_state_up        TINYINT(1)   NOT NULL DEFAULT 1,
        ADD port_security_enabled TINYINT(1)   NULL,
        ADD allowed_address_pairs JSON         NOT NULL DEFAULT ('[]'),
        ADD security_groups       JSON         NULL,
        ADD qos_policy_id         ${ID}        NULL,
        ADD revision_number       INT UNSIGNED NULL,
        ADD KEY port_project (project_id, id),
        ADD KEY port_vpc (vpc_id, cluster_id),
        ADD KEY port_subnet (subnet_id),
        ADD KEY port_segment (segment_id),
        ADD KEY port_qos_policy (qos_policy_id)`);
    await runner.query(
      `UPDATE port SET status = IF(deleted_at IS NULL, 'active', 'deleted'), updated_at = created_at`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DELETE FROM port WHERE server_id IS NULL OR network_id IS NULL OR openstack_id IS NULL',
    );
    await runner.query(`
      ALTER TABLE port
        DROP KEY port_project, DROP KEY port_vpc, DROP KEY port_subnet, DROP KEY port_segment,
        DROP KEY port_qos_policy,
        DROP project_id, DROP name, DROP description, DROP status, DROP fault, DROP task_id, DROP version,
        DROP updated_at, DROP vpc_id, DROP subnet_id, DROP segment_id, DROP reservation_id, DROP admin_state_up,
        DROP port_security_enabled, DROP allowed_address_pairs, DROP security_groups, DROP qos_policy_id,
        DROP revision_number,
        MODIFY server_id    ${ID}           NOT NULL,
        MODIFY network_id   ${ID}           NOT NULL,
        MODIFY openstack_id ${OPENSTACK_ID} NOT NULL,
        MODIFY mac_address  VARCHAR(32)     NOT NULL,
        MODIFY observed_at  DATETIME(6)     NOT NULL`);
    await runner.query('ALTER TABLE port CHANGE observed_status status VARCHAR(16) NOT NULL');
  }
}

// No foreign keys: what is deleted keeps its row, and their checks would lock rows of others.
export class CreateRouter1780000005410 implements MigrationInterface {
  readonly name = 'CreateRouter1780000005410';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      QOS_POLICY,
      CLUSTER_QOS_POLICY,
      ROUTER,
      INTERFACE,
      CLUSTER_ROUTER,
      CLUSTER_INTERFACE,
    ])
      await runner.query(statement);
    await runner.query(FLOATING_IP);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'floating_ip',
      'cluster_router_interface',
      'cluster_router',
      'router_interface',
      'router',
    ];
    for (const table of [...tables, 'cluster_qos_policy', 'qos_policy'])
      await runner.query(`DROP TABLE ${table}`);
  }
}

const QOS_POLICY = `
  CREATE TABLE qos_policy (
    ${LIFECYCLE},
    bandwidth_limits JSON NOT NULL,
    PRIMARY KEY (id),
    KEY qos_policy_project (project_id, id)
  ) ${TABLE}`;

const CLUSTER_QOS_POLICY = `
  CREATE TABLE cluster_qos_policy (
    qos_policy_id ${ID} NOT NULL,
    ${CLUSTER_PART},
    told_version INT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (qos_policy_id, cluster_id)
  ) ${TABLE}`;

const ROUTER = `
  CREATE TABLE router (
    ${LIFECYCLE},
    vpc_id              ${ID}      NOT NULL,
    admin_state_up      TINYINT(1) NOT NULL,
    external_network_id ${ID}      NULL,
    enable_snat         TINYINT(1) NULL,
    PRIMARY KEY (id),
    KEY router_project (project_id, id),
    KEY router_vpc (vpc_id)
  ) ${TABLE}`;

const INTERFACE = `
  CREATE TABLE router_interface (
    subnet_id  ${ID}       NOT NULL,
    router_id  ${ID}       NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (subnet_id),
    KEY router_interface_router (router_id)
  ) ${TABLE}`;

const CLUSTER_ROUTER = `
  CREATE TABLE cluster_router (
    router_id ${ID} NOT NULL,
    ${CLUSTER_PART},
    external_openstack_id ${OPENSTACK_ID} NULL,
    external_addresses    JSON            NOT NULL DEFAULT ('[]'),
    PRIMARY KEY (router_id, cluster_id)
  ) ${TABLE}`;

const CLUSTER_INTERFACE = `
  CREATE TABLE cluster_router_interface (
    cluster_id          ${ID}           NOT NULL,
    openstack_subnet_id ${OPENSTACK_ID} NOT NULL,
    router_id           ${ID}           NOT NULL,
    segment_id          ${ID}           NOT NULL,
    openstack_port_id   ${OPENSTACK_ID} NOT NULL,
    PRIMARY KEY (cluster_id, openstack_subnet_id),
    KEY cluster_router_interface_router (router_id, cluster_id),
    KEY cluster_router_interface_segment (segment_id)
  ) ${TABLE}`;

const FLOATING_IP = `
  CREATE TABLE floating_ip (
    ${LIFECYCLE},
    cluster_id       ${ID}           NOT NULL,
    network_id       ${ID}           NOT NULL,
    openstack_id     ${OPENSTACK_ID} NULL,
    address          ${ADDRESS}      NULL,
    port_id          ${ID}           NULL,
    fixed_ip_address ${ADDRESS}      NULL,
    qos_policy_id    ${ID}           NULL,
    observed_status  VARCHAR(16)     NULL,
    revision_number  INT UNSIGNED    NULL,
    observed_at      DATETIME(6)     NULL,
    PRIMARY KEY (id),
    UNIQUE KEY floating_ip_openstack (cluster_id, openstack_id),
    KEY floating_ip_project (project_id, id),
    KEY floating_ip_port (port_id),
    KEY floating_ip_qos_policy (qos_policy_id)
  ) ${TABLE}`;

export const portAndRouterMigrations = [GeneralisePort1780000005400, CreateRouter1780000005410];
