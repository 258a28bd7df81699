import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  AskedAt1780000008105,
  CreateObservedObject1780000008100,
  TimeWritesOfObservedObjects1780000008101,
} from './observed/observed.migrations.js';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const WORD = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const TABLE = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci';

/** Lanes name their cluster without a foreign key: the engine knows nothing of the registry. */
class CreateLane1780000008000 implements MigrationInterface {
  name = 'CreateLane1780000008000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE lane (
      cluster_id ${ID} NOT NULL,
      kind ${WORD(32)} NOT NULL,
      domain ${WORD(32)} NOT NULL,
      conductor_group ${WORD(64)} NOT NULL,
      tier ${WORD(16)} NOT NULL,
      changes_by ${WORD(16)} NOT NULL,
      deletions_by ${WORD(16)} NOT NULL,
      slowness INT NOT NULL DEFAULT 1,
      resting TINYINT NOT NULL DEFAULT 0,
      paused TINYINT NOT NULL DEFAULT 0,
      owner_id ${ID} NULL,
      epoch INT NOT NULL DEFAULT 0,
      taken_at DATETIME(6) NULL,
      next_due_at DATETIME(6) NOT NULL,
      full_due_at DATETIME(6) NOT NULL,
      changes_due_at DATETIME(6) NULL,
      ids_due_at DATETIME(6) NULL,
      confirm_due_at DATETIME(6) NULL,
      asked_for ${WORD(16)} NULL,
      pass_number BIGINT NOT NULL DEFAULT 0,
      pass_mode ${WORD(16)} NULL,
      pass_started_at DATETIME(6) NULL,
      cursor_at DATETIME(6) NULL,
      last_started_at DATETIME(6) NULL,
      last_finished_at DATETIME(6) NULL,
      last_outcome ${WORD(16)} NULL,
      fresh_at DATETIME(6) NULL,
      full_at DATETIME(6) NULL,
      changes_at DATETIME(6) NULL,
      ids_at DATETIME(6) NULL,
      full_ms INT NULL,
      changes_ms INT NULL,
      seen_count INT NOT NULL DEFAULT 0,
      written_count INT NOT NULL DEFAULT 0,
      present_count INT NOT NULL DEFAULT 0,
      missing_count INT NOT NULL DEFAULT 0,
      gone_count INT NOT NULL DEFAULT 0,
      fault JSON NULL,
      failures INT NOT NULL DEFAULT 0,
      failing_since DATETIME(6) NULL,
      brake ${WORD(16)} NOT NULL DEFAULT 'off',
      brake_at DATETIME(6) NULL,
      brake_known INT NULL,
      brake_unseen INT NULL,
      created_at DATETIME(6) NOT NULL,
      PRIMARY KEY (cluster_id, kind),
      KEY lane_due (owner_id, next_due_at),
      KEY lane_owner (conductor_group, owner_id, cluster_id, domain),
      KEY lane_kind (kind, cluster_id)
    ) ${TABLE}`);
    await runner.query(`CREATE TABLE sync_pass (
      cluster_id ${ID} NOT NULL,
      kind ${WORD(32)} NOT NULL,
      number BIGINT NOT NULL,
      mode ${WORD(16)} NOT NULL,
      conductor_id ${ID} NOT NULL,
      epoch INT NOT NULL,
      started_at DATETIME(6) NOT NULL,
      finished_at DATETIME(6) NOT NULL,
      outcome ${WORD(16)} NOT NULL,
      pages INT NOT NULL,
      seen_count INT NOT NULL,
      written_count INT NOT NULL,
      missing_count INT NOT NULL,
      gone_count INT NOT NULL,
      fault JSON NULL,
      PRIMARY KEY (cluster_id, kind, number)
    ) ${TABLE}`);
    await runner.query(`CREATE TABLE lane_conductor (
      conductor_id ${ID} NOT NULL PRIMARY KEY,
      name VARCHAR(128) NOT NULL,
      conductor_group ${WORD(64)} NOT NULL,
      domains JSON NOT NULL,
      joined_at DATETIME(6) NOT NULL,
      beat_at DATETIME(6) NOT NULL,
      draining TINYINT NOT NULL DEFAULT 0,
      leaving TINYINT NOT NULL DEFAULT 0,
      busy_until DATETIME(6) NULL,
      KEY lane_conductor_group (conductor_group, beat_at)
    ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE lane_conductor, sync_pass, lane');
  }
}

class CreateSyncTier1780000008001 implements MigrationInterface {
  name = 'CreateSyncTier1780000008001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE sync_tier (
      name ${WORD(16)} NOT NULL PRIMARY KEY,
      place INT NOT NULL,
      objective_ms INT NOT NULL,
      changes_ms INT NOT NULL,
      ids_ms INT NOT NULL,
      full_ms INT NOT NULL,
      version INT NOT NULL DEFAULT 1,
      updated_at DATETIME(6) NOT NULL
    ) ${TABLE}`);
    await runner.query(`INSERT INTO sync_tier (name, place, objective_ms, changes_ms, ids_ms, full_ms, updated_at) VALUES
      ('gold', 1, 15000, 5000, 30000, 300000, UTC_TIMESTAMP(6)),
      ('silver', 2, 60000, 20000, 60000, 900000, UTC_TIMESTAMP(6)),
      ('bronze', 3, 300000, 60000, 300000, 3600000, UTC_TIMESTAMP(6))`);
    await runner.query(`CREATE TABLE sync_tier_assignment (
      subject_kind ${WORD(16)} NOT NULL,
      subject_id ${ID} NOT NULL,
      tier ${WORD(16)} NOT NULL,
      assigned_at DATETIME(6) NOT NULL,
      PRIMARY KEY (subject_kind, subject_id)
    ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sync_tier_assignment, sync_tier');
  }
}

/** One row for an object, however many ask for it: it is served once it was read after the last of them asked. */
class CreateRefreshRequest1780000008002 implements MigrationInterface {
  name = 'CreateRefreshRequest1780000008002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE refresh_request (
      cluster_id ${ID} NOT NULL,
      kind ${WORD(32)} NOT NULL,
      object_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      pending TINYINT NOT NULL,
      wanted_at DATETIME(6) NOT NULL,
      served_at DATETIME(6) NULL,
      outcome ${WORD(16)} NULL,
      fault JSON NULL,
      PRIMARY KEY (cluster_id, kind, object_id),
      KEY refresh_request_pending (pending, wanted_at)
    ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE refresh_request');
  }
}

/**
 * Beside a key of kind and cluster MariaDB found lanes that it was to change by that one, and no more by the primary key:
 * then whoever changed a lane and whoever took it locked the two in different orders, and one of them lost.
 */
class KeyLanesByKindAndTier1780000008003 implements MigrationInterface {
  name = 'KeyLanesByKindAndTier1780000008003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE lane DROP KEY lane_kind, ADD KEY lane_kind (kind, tier)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE lane DROP KEY lane_kind, ADD KEY lane_kind (kind, cluster_id)');
  }
}

/** How much may vanish from a lane at once before a person has to look. */
class BrakeByTier1780000008004 implements MigrationInterface {
  name = 'BrakeByTier1780000008004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE sync_tier ADD brake_at_least INT NOT NULL DEFAULT 5, ADD brake_share DOUBLE NOT NULL DEFAULT 0.3',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_tier DROP brake_at_least, DROP brake_share');
  }
}

/** What a caller waits for is not offline work. */
class TellWhatIsWaitedFor1780000008005 implements MigrationInterface {
  name = 'TellWhatIsWaitedFor1780000008005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE refresh_request ADD waited_for TINYINT NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE refresh_request DROP waited_for');
  }
}

/** A row is there while a conductor finds that a cluster does not answer. */
class CreateOpenCircuit1780000008006 implements MigrationInterface {
  name = 'CreateOpenCircuit1780000008006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE open_circuit (
      cluster_id ${ID} NOT NULL,
      conductor_id ${ID} NOT NULL,
      opened_at DATETIME(6) NOT NULL,
      next_try_at DATETIME(6) NOT NULL,
      PRIMARY KEY (cluster_id, conductor_id)
    ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE open_circuit');
  }
}

export const syncMigrations = [
  CreateLane1780000008000,
  CreateSyncTier1780000008001,
  CreateRefreshRequest1780000008002,
  KeyLanesByKindAndTier1780000008003,
  BrakeByTier1780000008004,
  TellWhatIsWaitedFor1780000008005,
  CreateOpenCircuit1780000008006,
  CreateObservedObject1780000008100,
  TimeWritesOfObservedObjects1780000008101,
  AskedAt1780000008105,
];
