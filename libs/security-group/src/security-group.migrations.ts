import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSecurityGroup1780000004000 implements MigrationInterface {
  readonly name = 'CreateSecurityGroup1780000004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cluster_security_group (
        cluster_id   CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        openstack_id VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name         VARCHAR(255) NOT NULL,
        observed_at  DATETIME(6)  NOT NULL,
        PRIMARY KEY (cluster_id, openstack_id),
        KEY cluster_security_group_name (name),
        CONSTRAINT cluster_security_group_cluster FOREIGN KEY (cluster_id) REFERENCES cluster (id) ON DELETE CASCADE
      ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cluster_security_group');
  }
}

export const securityGroupMigrations = [CreateSecurityGroup1780000004000];
