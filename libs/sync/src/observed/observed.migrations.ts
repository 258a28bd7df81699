import type { MigrationInterface, QueryRunner } from 'typeorm';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const KIND = 'VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin';
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export class CreateObservedObject1780000008100 implements MigrationInterface {
  readonly name = 'CreateObservedObject1780000008100';

  async up(runner: QueryRunner): Promise<void> {
    // A pass compares ids and hashes without ever touching the rows: one of its keys holds all of that.
    // Ids are UUIDs, but also names of key pairs and zones, and what operators call their flavors.
    await runner.query(`
      CREATE TABLE observed_object (
        cluster_id           ${ID}        NOT NULL,
        kind                 ${KIND}      NOT NULL,
        openstack_id         VARCHAR(255) NOT NULL,
        name                 VARCHAR(255) NULL,
        project_openstack_id VARCHAR(64)  NULL,
        status               VARCHAR(32)  NULL,
        parent_id            VARCHAR(255) NULL,
        revision             INT UNSIGNED NULL,
        fields               JSON         NOT NULL,
        hash                 BINARY(16)   NOT NULL,
        updated_at           DATETIME(6)  NULL,
        observed_at          DATETIME(6)  NOT NULL,
        first_seen_at        DATETIME(6)  NOT NULL,
        missing_since        DATETIME(6)  NULL,
        not_found            INT UNSIGNED NOT NULL DEFAULT 0,
        gone_at              DATETIME(6)  NULL,
        PRIMARY KEY (cluster_id, kind, openstack_id),
        KEY observed_object_pass (cluster_id, kind, gone_at, openstack_id, missing_since, hash),
        KEY observed_object_parent (cluster_id, parent_id),
        KEY observed_object_name (cluster_id, kind, name),
        KEY observed_object_gone (gone_at)
      ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE observed_object');
  }
}

/** A reader that asked its cluster before the row was last written may know less than the row. */
export class TimeWritesOfObservedObjects1780000008101 implements MigrationInterface {
  readonly name = 'TimeWritesOfObservedObjects1780000008101';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE observed_object ADD written_at DATETIME(6) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE observed_object DROP written_at');
  }
}

/** So that what fails each time does not keep the rest from having its turn. */
export class AskedAt1780000008105 implements MigrationInterface {
  readonly name = 'AskedAt1780000008105';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE observed_object ADD asked_at DATETIME(6) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE observed_object DROP asked_at');
  }
}
