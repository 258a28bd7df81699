import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Expectation, Intent } from '../compare/compare.facts.js';
import { SOURCES } from '../intent/sources.js';
import type { Finding } from './finding.entity.js';
import type { FindingKind, SubjectKind } from './finding.kinds.js';
import type { Wish } from './repairs.js';

/** What a repair goes by, right before it acts. */
export interface WishNow extends Wish {
  /** A task is at work on the subject. */
  busy: boolean;
  /** What the fields are to be. */
  expected: readonly Expectation[];
}

type Subject = Pick<Finding, 'clusterId' | 'kind' | 'subjectKind' | 'subjectId' | 'openstackId' | 'evidence'>;

/** Findings about what no row of ours has: their subject is OpenStack's, or an address. */
const OF_NO_ROW: readonly FindingKind[] = ['duplicate', 'stale', 'leaked_port', 'address_in_use_but_free'];

/** What a repair asks our rows right before it acts. */
@Injectable()
export class RepairFacts {
  /** What our rows say of the subject of a finding; null when it is not to be in the cluster any more. */
  async wish(tx: Transaction, finding: Subject): Promise<WishNow | null> {
    const { clusterId, subjectKind, subjectId } = finding;
    if (OF_NO_ROW.includes(finding.kind)) return this.wishOfNone(tx, finding);
    const intent = (await sourceOf(subjectKind)?.find(tx, clusterId, subjectId)) ?? null;
    if (!intent?.openstackId) return null;
    const expected = intent.expected.filter((one) => isMeant(one, finding));
    return {
      subjectKind,
      openstackId: intent.openstackId,
      busy: intent.busy,
      expected,
      asked: Object.fromEntries(intent.expected.map(({ field, value }) => [field, value])),
      fields: expected.map(({ field }) => field),
      ports: subjectKind === 'server' ? await this.portsOf(tx, subjectId) : [],
      softDeleted: false,
    };
  }

  /** The row that a mark names, whatever became of it, and whether a row has the thing; null when there is none. */
  async owner(
    tx: Transaction,
    thing: { clusterId: string; kind: SubjectKind; openstackId: string },
    mark: string,
  ): Promise<(Pick<Intent, 'alive' | 'busy' | 'openstackId'> & { claimed: boolean }) | null> {
    const { clusterId, openstackId } = thing;
    const source = sourceOf(thing.kind);
    const owner = (await source?.byMarks(tx, clusterId, [mark]))?.get(mark);
    if (!source || !owner) return null;
    const claimed = (await source.claimed(tx, clusterId, [openstackId])).has(openstackId);
    return { alive: owner.alive, busy: owner.busy, openstackId: owner.openstackId, claimed };
  }

  /** The logical flavor that a flavor of the cluster is mapped to; of its name alone does Nova tell (since 2.47). */
  async flavorOf(tx: Transaction, clusterId: string, name: string): Promise<string | null> {
    const rows = await select<{ flavor_id: string }>(
      tx,
      'SELECT flavor_id FROM cluster_flavor WHERE cluster_id = ? AND name = ? AND flavor_id IS NOT NULL',
      [clusterId, name],
    );
    return rows.length === 1 ? (rows[0]?.flavor_id ?? null) : null;
  }

  async setFlavor(tx: Transaction, serverId: string, flavorId: string): Promise<void> {
    await change(tx, 'UPDATE server SET flavor_id = ? WHERE id = ?', [flavorId, serverId]);
  }

  /** The findings that call a thing an orphan. */
  async orphanFindings(
    tx: Transaction,
    clusterId: string,
    kind: string,
    openstackId: string,
  ): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM finding WHERE cluster_id = ? AND kind IN ('orphan', 'foreign_port_on_segment')
         AND subject_kind = ? AND subject_id = ?`,
      [clusterId, kind, openstackId],
    );
    return rows.map(({ id }) => id);
  }

  /** Nothing was asked for of what no row has. */
  private async wishOfNone(tx: Transaction, finding: Subject): Promise<WishNow> {
    const { clusterId, subjectKind, subjectId } = finding;
    const openstackId = finding.openstackId ?? subjectId;
    const softDeleted = subjectKind === 'server' && (await this.isSoftDeleted(tx, clusterId, openstackId));
    const none = { busy: false, expected: [], asked: {}, fields: [], ports: [] };
    return { ...none, subjectKind, openstackId, softDeleted };
  }

  private async portsOf(tx: Transaction, serverId: string): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      'SELECT openstack_id AS id FROM port WHERE server_id = ? AND deleted_at IS NULL AND openstack_id IS NOT NULL',
      [serverId],
    );
    return rows.map(({ id }) => id);
  }

  /** As it was seen last. */
  private async isSoftDeleted(tx: Transaction, clusterId: string, openstackId: string): Promise<boolean> {
    const rows = await select<unknown>(
      tx,
      `SELECT 1 FROM observed_object WHERE cluster_id = ? AND kind = 'server' AND openstack_id = ?
         AND status = 'SOFT_DELETED'`,
      [clusterId, openstackId],
    );
    return rows.length > 0;
  }
}

const sourceOf = (kind: SubjectKind) => SOURCES.find((source) => source.kind === kind);

/** A repair sets what its finding names, to what our rows say, and nothing else. */
const isMeant = ({ kind, field, repairable }: Expectation, finding: Subject): boolean =>
  kind === finding.kind && repairable && (fieldsNamed(finding.evidence)?.includes(field) ?? true);

/** Null: the finding names none. */
function fieldsNamed({ differences }: Record<string, unknown>): unknown[] | null {
  if (!Array.isArray(differences)) return null;
  return differences.map((one: unknown) =>
    one !== null && typeof one === 'object' && 'field' in one ? one.field : null,
  );
}
