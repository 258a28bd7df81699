import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DEFAULT_PROJECT_ID } from './caller/caller.rules.js';

class CreateIdentity1780000002000 implements MigrationInterface {
  readonly name = 'CreateIdentity1780000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE project (
        id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
        name VARCHAR(64) NOT NULL,
        description VARCHAR(255) NOT NULL DEFAULT '',
        created_at DATETIME(6) NOT NULL,
        UNIQUE KEY project_name (name)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`);
    await runner.query(`
      CREATE TABLE api_token (
        id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
        project_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
        role VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name VARCHAR(64) NOT NULL,
        hint VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        token_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        created_at DATETIME(6) NOT NULL,
        last_used_at DATETIME(6) NULL,
        expires_at DATETIME(6) NULL,
        revoked_at DATETIME(6) NULL,
        UNIQUE KEY api_token_hash (token_hash),
        KEY api_token_project (project_id),
        CONSTRAINT api_token_project FOREIGN KEY (project_id) REFERENCES project (id)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`);
    await runner.query(
      `INSERT IGNORE INTO project (id, name, description, created_at)
       VALUES (?, 'default', 'What admins mean who name no project', UTC_TIMESTAMP(6))`,
      [DEFAULT_PROJECT_ID],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_token');
    await runner.query('DROP TABLE project');
  }
}

export const identityMigrations = [CreateIdentity1780000002000];
