import type { MigrationInterface, QueryRunner } from 'typeorm';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const OPENSTACK_ID = 'VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin';
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** What of the plan is built in the clusters, and how far. */
export class CreateRealisation1780000005300 implements MigrationInterface {
  readonly name = 'CreateRealisation1780000005300';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [CLUSTER_VPC_NETWORK, CLUSTER_SUBNET, SEGMENT, VPC])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE vpc DROP COLUMN deleting_at');
    await runner.query(`
      ALTER TABLE segment
        DROP KEY segment_retry, DROP COLUMN fault, DROP COLUMN tries, DROP COLUMN retry_at, DROP COLUMN task_id,
        DROP COLUMN openstack_subnet_id`);
    for (const table of ['cluster_subnet', 'cluster_vpc_network']) await runner.query(`DROP TABLE ${table}`);
  }
}

// No foreign keys, as in the plan: their checks would lock its rows.
const CLUSTER_VPC_NETWORK = `
  CREATE TABLE cluster_vpc_network (
    vpc_id       ${ID}           NOT NULL,
    cluster_id   ${ID}           NOT NULL,
    openstack_id ${OPENSTACK_ID} NULL,
    turn_task_id ${ID}           NULL,
    created_at   DATETIME(6)     NOT NULL,
    PRIMARY KEY (vpc_id, cluster_id),
    KEY cluster_vpc_network_cluster (cluster_id, openstack_id)
  ) ${TABLE}`;

const CLUSTER_SUBNET = `
  CREATE TABLE cluster_subnet (
    owner_id             ${ID}           NOT NULL,
    cluster_id           ${ID}           NOT NULL,
    vpc_id               ${ID}           NOT NULL,
    subnet_id            ${ID}           NOT NULL,
    openstack_id         ${OPENSTACK_ID} NOT NULL,
    openstack_network_id ${OPENSTACK_ID} NOT NULL,
    cidr                 VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    allocation_pools     JSON            NOT NULL,
    created_at           DATETIME(6)     NOT NULL,
    PRIMARY KEY (owner_id, cluster_id),
    KEY cluster_subnet_vpc (vpc_id, cluster_id),
    KEY cluster_subnet_cluster (cluster_id, openstack_id)
  ) ${TABLE}`;

const SEGMENT = `
  ALTER TABLE segment
    ADD COLUMN fault               JSON            NULL,
    ADD COLUMN tries               INT UNSIGNED    NOT NULL DEFAULT 0,
    ADD COLUMN retry_at            DATETIME(6)     NULL,
    ADD COLUMN task_id             ${ID}           NULL,
    ADD COLUMN openstack_subnet_id ${OPENSTACK_ID} NULL,
    ADD KEY segment_retry (retry_at)`;

const VPC = 'ALTER TABLE vpc ADD COLUMN deleting_at DATETIME(6) NULL';

export const realisationMigrations = [CreateRealisation1780000005300];
