import type { MigrationInterface, QueryRunner } from 'typeorm';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const WORD = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const TABLE = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci';

class CreateTask1780000001000 implements MigrationInterface {
  name = 'CreateTask1780000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE task (
      id ${ID} NOT NULL PRIMARY KEY,
      kind ${WORD(64)} NOT NULL,
      domain ${WORD(32)} NOT NULL,
      conductor_group ${WORD(64)} NOT NULL,
      project_id ${ID} NULL,
      parent_id ${ID} NULL,
      resource_kind ${WORD(64)} NULL,
      resource_id ${WORD(64)} NULL,
      status ${WORD(16)} NOT NULL,
      unwinding TINYINT NOT NULL DEFAULT 0,
      run INT NOT NULL DEFAULT 0,
      epoch INT NOT NULL DEFAULT 0,
      claimed_by ${ID} NULL,
      due_at DATETIME(6) NULL,
      current_step INT NOT NULL DEFAULT 0,
      step_count INT NULL,
      step_tries INT NOT NULL DEFAULT 0,
      step_in_doubt TINYINT NOT NULL DEFAULT 0,
      step_began_at DATETIME(6) NULL,
      failures INT NOT NULL DEFAULT 0,
      failing_since DATETIME(6) NULL,
      wait_on ${WORD(16)} NULL,
      wait_cluster_id ${ID} NULL,
      wait_resource ${WORD(32)} NULL,
      wait_key ${WORD(64)} NULL,
      wait_until JSON NULL,
      wait_what VARCHAR(255) NULL,
      cancel_requested TINYINT NOT NULL DEFAULT 0,
      input JSON NOT NULL,
      last_fault JSON NULL,
      fault JSON NULL,
      children_total INT NULL,
      children_succeeded INT NOT NULL DEFAULT 0,
      children_failed INT NOT NULL DEFAULT 0,
      min_succeeded INT NULL,
      trace_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      traceparent ${WORD(64)} NOT NULL,
      version INT NOT NULL DEFAULT 1,
      created_at DATETIME(6) NOT NULL,
      started_at DATETIME(6) NULL,
      run_started_at DATETIME(6) NULL,
      finished_at DATETIME(6) NULL,
      updated_at DATETIME(6) NOT NULL,
      KEY task_due (conductor_group, due_at, domain),
      KEY task_project (project_id, id),
      KEY task_parent (parent_id, id),
      KEY task_resource (resource_kind, resource_id, id),
      KEY task_status (status, id),
      KEY task_trace (trace_id),
      KEY task_wait (wait_cluster_id, wait_resource),
      KEY task_wait_key (wait_key)
    ) ${TABLE}`);
    await runner.query(`CREATE TABLE task_step (
      task_id ${ID} NOT NULL,
      run INT NOT NULL,
      position INT NOT NULL,
      name ${WORD(64)} NOT NULL,
      status ${WORD(8)} NOT NULL,
      output JSON NULL,
      tries INT NOT NULL DEFAULT 1,
      started_at DATETIME(6) NULL,
      finished_at DATETIME(6) NULL,
      fault JSON NULL,
      PRIMARY KEY (task_id, run, position)
    ) ${TABLE}`);
    await runner.query(`CREATE TABLE task_attempt (
      task_id ${ID} NOT NULL,
      run INT NOT NULL,
      input JSON NOT NULL,
      cluster_id ${ID} NULL,
      fault JSON NOT NULL,
      started_at DATETIME(6) NULL,
      finished_at DATETIME(6) NOT NULL,
      PRIMARY KEY (task_id, run)
    ) ${TABLE}`);
    await runner.query(`CREATE TABLE conductor (
      id ${ID} NOT NULL PRIMARY KEY,
      name VARCHAR(128) NOT NULL,
      conductor_group ${WORD(64)} NOT NULL,
      domains JSON NOT NULL,
      host VARCHAR(255) NOT NULL,
      pid INT NOT NULL,
      started_at DATETIME(6) NOT NULL,
      heartbeat_at DATETIME(6) NOT NULL,
      stopping TINYINT NOT NULL DEFAULT 0,
      KEY conductor_group (conductor_group, heartbeat_at)
    ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE conductor, task_attempt, task_step, task');
  }
}

class CountTakeovers1780000001001 implements MigrationInterface {
  name = 'CountTakeovers1780000001001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE task ADD COLUMN takeovers INT NOT NULL DEFAULT 0 AFTER step_in_doubt');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE task DROP COLUMN takeovers');
  }
}

class DrainConductors1780000001009 implements MigrationInterface {
  name = 'DrainConductors1780000001009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE conductor ADD COLUMN draining TINYINT NOT NULL DEFAULT 0 AFTER stopping');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE conductor DROP COLUMN draining');
  }
}

/** Reports ask for what ended within an hour. */
class IndexEndedTasks1780000001010 implements MigrationInterface {
  name = 'IndexEndedTasks1780000001010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE task ADD KEY task_finished (finished_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE task DROP KEY task_finished');
  }
}

export const tasksMigrations = [
  CreateTask1780000001000,
  CountTakeovers1780000001001,
  DrainConductors1780000001009,
  IndexEndedTasks1780000001010,
];
