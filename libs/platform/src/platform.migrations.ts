import type { MigrationInterface, QueryRunner } from 'typeorm';

const WORD = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const FIXED = (length: number) => `CHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const TABLE = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci';

export class CreatePlatform1780000000000 implements MigrationInterface {
  name = 'CreatePlatform1780000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE idempotency_key (
      scope ${WORD(36)} NOT NULL,
      idempotency_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      claim_id ${WORD(36)} NOT NULL,
      request_hash ${FIXED(64)} NOT NULL,
      status_code SMALLINT NULL,
      headers JSON NULL,
      body JSON NULL,
      created_at DATETIME(6) NOT NULL,
      PRIMARY KEY (scope, idempotency_key),
      KEY idempotency_key_age (created_at)
    ) ${TABLE}`);
    await runner.query(`CREATE TABLE http_request (
      id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      trace_id ${FIXED(32)} NOT NULL,
      method ${WORD(8)} NOT NULL,
      path VARCHAR(512) NOT NULL,
      status SMALLINT NOT NULL,
      duration_ms INT NOT NULL,
      project_id ${FIXED(36)} NULL,
      at DATETIME(6) NOT NULL,
      KEY http_request_trace (trace_id),
      KEY http_request_age (at)
    ) ${TABLE}`);
    await runner.query(`CREATE TABLE openstack_call (
      id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      trace_id ${FIXED(32)} NOT NULL,
      task_id ${FIXED(36)} NULL,
      step VARCHAR(64) NULL,
      cluster_id ${FIXED(36)} NULL,
      service ${WORD(32)} NOT NULL,
      method ${WORD(8)} NOT NULL,
      path VARCHAR(512) NOT NULL,
      status SMALLINT NULL,
      duration_ms INT NOT NULL,
      bytes INT NOT NULL,
      request_id VARCHAR(64) NULL,
      error VARCHAR(255) NULL,
      at DATETIME(6) NOT NULL,
      KEY openstack_call_trace (trace_id),
      KEY openstack_call_task (task_id, id),
      KEY openstack_call_age (at)
    ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE openstack_call, http_request, idempotency_key');
  }
}

export class KeepOperatorEvents1780000000100 implements MigrationInterface {
  name = 'KeepOperatorEvents1780000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE operator_event (
      id ${FIXED(36)} NOT NULL PRIMARY KEY,
      subject_kind ${WORD(32)} NOT NULL,
      subject_id ${WORD(128)} NOT NULL,
      action ${WORD(32)} NOT NULL,
      actor VARCHAR(255) NOT NULL,
      trace_id ${FIXED(32)} NULL,
      reason VARCHAR(255) NULL,
      state_before JSON NULL,
      state_after JSON NULL,
      at DATETIME(6) NOT NULL,
      KEY operator_event_subject (subject_kind, subject_id, id),
      KEY operator_event_age (at)
    ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE operator_event');
  }
}

export const platformMigrations = [CreatePlatform1780000000000, KeepOperatorEvents1780000000100];
