import type { MigrationInterface, QueryRunner } from 'typeorm';

const ID = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const WORD = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const TABLE = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const ofCluster = (table: string) =>
  `CONSTRAINT ${table}_cluster FOREIGN KEY (cluster_id) REFERENCES cluster (id) ON DELETE CASCADE`;

const TABLES: readonly (readonly [string, string])[] = [
  [
    'finding',
    `
    CREATE TABLE finding (
      id            ${ID}        NOT NULL,
      cluster_id    ${ID}        NOT NULL,
      kind          ${WORD(32)}  NOT NULL,
      subject_kind  ${WORD(32)}  NOT NULL,
      subject_id    ${WORD(64)}  NOT NULL,
      openstack_id  ${WORD(64)}  NULL,
      project_id    ${ID}        NULL,
      evidence      JSON         NOT NULL,
      proposal      JSON         NULL,
      state         ${WORD(16)}  NOT NULL,
      task_id       ${ID}        NULL,
      fault         JSON         NULL,
      repairs       INT UNSIGNED NOT NULL DEFAULT 0,
      repair_after  DATETIME(6)  NULL,
      came_back     INT UNSIGNED NOT NULL DEFAULT 0,
      version       INT UNSIGNED NOT NULL DEFAULT 1,
      first_seen_at DATETIME(6)  NOT NULL,
      last_seen_at  DATETIME(6)  NOT NULL,
      resolved_at   DATETIME(6)  NULL,
      PRIMARY KEY (id),
      UNIQUE KEY finding_subject (cluster_id, kind, subject_kind, subject_id),
      KEY finding_cluster_state (cluster_id, state, id),
      KEY finding_state (state, kind, id),
      KEY finding_project (project_id, id),
      KEY finding_resolved (resolved_at),
      ${ofCluster('finding')}
    ) ${TABLE}`,
  ],
  [
    'finding_event',
    `
    CREATE TABLE finding_event (
      id         ${ID}       NOT NULL,
      finding_id ${ID}       NOT NULL,
      action     ${WORD(16)} NOT NULL,
      actor      ${WORD(64)} NOT NULL,
      task_id    ${ID}       NULL,
      detail     JSON        NULL,
      at         DATETIME(6) NOT NULL,
      PRIMARY KEY (id),
      KEY finding_event_finding (finding_id, id),
      KEY finding_event_at (at)
    ) ${TABLE}`,
  ],
  [
    'reconcile_policy',
    `
    CREATE TABLE reconcile_policy (
      id           ${ID}        NOT NULL,
      kind         ${WORD(32)}  NOT NULL,
      subject_kind ${WORD(32)}  NOT NULL DEFAULT '',
      scope        ${WORD(8)}   NOT NULL,
      scope_id     ${WORD(36)}  NOT NULL DEFAULT '',
      action       ${WORD(8)}   NOT NULL,
      version      INT UNSIGNED NOT NULL DEFAULT 1,
      updated_at   DATETIME(6)  NOT NULL,
      PRIMARY KEY (id),
      UNIQUE KEY reconcile_policy_place (kind, subject_kind, scope, scope_id)
    ) ${TABLE}`,
  ],
  [
    'reconcile_round',
    `
    CREATE TABLE reconcile_round (
      cluster_id    ${ID}         NOT NULL,
      due_at        DATETIME(6)   NOT NULL,
      last_round_at DATETIME(6)   NULL,
      duration_ms   INT UNSIGNED  NULL,
      outcome       JSON          NULL,
      fault         VARCHAR(255)  NULL,
      max_per_hour  INT UNSIGNED  NULL,
      max_share     DECIMAL(5, 4) NULL,
      braked_at     DATETIME(6)   NULL,
      brake_reason  VARCHAR(255)  NULL,
      released_at   DATETIME(6)   NULL,
      version       INT UNSIGNED  NOT NULL DEFAULT 1,
      PRIMARY KEY (cluster_id),
      KEY reconcile_round_due (due_at),
      ${ofCluster('reconcile_round')}
    ) ${TABLE}`,
  ],
  [
    'adoption_rule',
    `
    CREATE TABLE adoption_rule (
      id                   ${ID}        NOT NULL,
      name                 VARCHAR(63)  NOT NULL,
      project_id           ${ID}        NOT NULL,
      subject_kinds        JSON         NOT NULL,
      cluster_id           ${ID}        NULL,
      openstack_project_id ${WORD(64)}  NULL,
      name_pattern         VARCHAR(255) NULL,
      metadata             JSON         NOT NULL,
      mark                 TINYINT(1)   NOT NULL DEFAULT 0,
      enabled              TINYINT(1)   NOT NULL DEFAULT 1,
      version              INT UNSIGNED NOT NULL DEFAULT 1,
      created_at           DATETIME(6)  NOT NULL,
      PRIMARY KEY (id),
      UNIQUE KEY adoption_rule_name (name)
    ) ${TABLE}`,
  ],
  [
    'adoption',
    `
    CREATE TABLE adoption (
      id           ${ID}       NOT NULL,
      cluster_id   ${ID}       NOT NULL,
      subject_kind ${WORD(32)} NOT NULL,
      openstack_id ${WORD(64)} NOT NULL,
      project_id   ${ID}       NOT NULL,
      rule_id      ${ID}       NULL,
      mark         TINYINT(1)  NOT NULL,
      resource_id  ${ID}       NOT NULL,
      status       ${WORD(16)} NOT NULL,
      rows_made    JSON        NOT NULL,
      fault        JSON        NULL,
      task_id      ${ID}       NOT NULL,
      created_at   DATETIME(6) NOT NULL,
      updated_at   DATETIME(6) NOT NULL,
      PRIMARY KEY (id),
      UNIQUE KEY adoption_subject (cluster_id, subject_kind, openstack_id),
      KEY adoption_project (project_id, id),
      KEY adoption_resource (resource_id),
      ${ofCluster('adoption')}
    ) ${TABLE}`,
  ],
  [
    'notification_source',
    `
    CREATE TABLE notification_source (
      cluster_id      ${ID}        NOT NULL,
      sealed_url      JSON         NOT NULL,
      shown_url       VARCHAR(255) NOT NULL,
      exchanges       JSON         NOT NULL,
      topics          JSON         NOT NULL,
      enabled         TINYINT(1)   NOT NULL DEFAULT 1,
      version         INT UNSIGNED NOT NULL DEFAULT 1,
      updated_at      DATETIME(6)  NOT NULL,
      connected_since DATETIME(6)  NULL,
      last_message_at DATETIME(6)  NULL,
      messages        BIGINT UNSIGNED NOT NULL DEFAULT 0,
      last_error      VARCHAR(255) NULL,
      listened_by     ${ID}        NULL,
      listened_until  DATETIME(6)  NULL,
      PRIMARY KEY (cluster_id),
      ${ofCluster('notification_source')}
    ) ${TABLE}`,
  ],
];

export class CreateReconcile1780000008200 implements MigrationInterface {
  readonly name = 'CreateReconcile1780000008200';

  async up(runner: QueryRunner): Promise<void> {
    for (const [, statement] of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table] of TABLES.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}

/** How much may be repaired by itself, also for one kind of finding. */
export class AddPolicyLimits1780000008201 implements MigrationInterface {
  readonly name = 'AddPolicyLimits1780000008201';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE reconcile_policy ADD max_per_hour INT UNSIGNED NULL, ADD max_share DOUBLE NULL',
    );
    await runner.query('ALTER TABLE reconcile_round MODIFY max_share DOUBLE NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE reconcile_round MODIFY max_share DECIMAL(5, 4) NULL');
    await runner.query('ALTER TABLE reconcile_policy DROP max_per_hour, DROP max_share');
  }
}

/** What policy wants repaired is counted in every round, among however many findings it does not. */
export class AddFindingSort1780000008202 implements MigrationInterface {
  readonly name = 'AddFindingSort1780000008202';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX finding_cluster_sort ON finding (cluster_id, state, kind, subject_kind, id)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX finding_cluster_sort ON finding');
  }
}

/** Rules pause before they adopt again what failed; since when a project has what it adopted. */
export class AddAdoptionPauses1780000008205 implements MigrationInterface {
  readonly name = 'AddAdoptionPauses1780000008205';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE adoption ADD failures INT UNSIGNED NOT NULL DEFAULT 0, ADD ask_after DATETIME(6) NULL,
         ADD adopted_at DATETIME(6) NULL`,
    );
    await runner.query(
      `UPDATE adoption SET adopted_at = created_at WHERE status IN ('adopted', 'releasing', 'released')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE adoption DROP failures, DROP ask_after, DROP adopted_at');
  }
}

export const reconcileMigrations = [
  CreateReconcile1780000008200,
  AddPolicyLimits1780000008201,
  AddFindingSort1780000008202,
  AddAdoptionPauses1780000008205,
];
