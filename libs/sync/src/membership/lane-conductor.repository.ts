import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Member } from './membership.rules.js';
import { MEMBER_TTL_MS } from './membership.rules.js';

const US_PER_MS = 1000;
const FORGET_H = 24;

export interface NewMember extends Member {
  name: string;
  conductorGroup: string;
}

/** A conductor of a group that was heard within its time. */
export interface LivingMember extends Member {
  /** It keeps what it has until somebody takes it, and takes nothing more. */
  leaving: boolean;
}

interface Row {
  conductor_id: string;
  domains: string[];
  leaving: number;
}

/** Who takes part in the lanes of a group. */
@Injectable()
export class LaneConductorRepository {
  /** Says that the conductor lives; it joins with its first word, or anew when it was forgotten. */
  async beat(tx: Transaction, member: NewMember): Promise<void> {
    const matched = await change(
      tx,
      'UPDATE lane_conductor SET beat_at = UTC_TIMESTAMP(6) WHERE conductor_id = ?',
      [member.id],
    );
    if (matched === 0) await this.join(tx, member);
  }

  /** Those of the group that live. */
  async living(tx: Transaction, conductorGroup: string): Promise<LivingMember[]> {
    const rows = await select<Row>(
      tx,
      `SELECT conductor_id, domains, draining = 1 OR leaving = 1 AS leaving FROM lane_conductor
       WHERE conductor_group = ? AND beat_at > UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND ORDER BY conductor_id`,
      [conductorGroup, MEMBER_TTL_MS * US_PER_MS],
    );
    return rows.map((row) => ({
      id: row.conductor_id,
      domains: row.domains,
      leaving: Number(row.leaving) === 1,
    }));
  }

  /** The conductor is about to end: its lanes are free to be taken, those at a pass once that has had `graceMs`. */
  async leave(tx: Transaction, conductorId: string, graceMs: number): Promise<void> {
    await change(
      tx,
      `UPDATE lane_conductor SET leaving = 1, busy_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
       WHERE conductor_id = ?`,
      [graceMs * US_PER_MS, conductorId],
    );
  }

  /** What an operator wants of a conductor. False when there is no such one. */
  async drain(tx: Transaction, conductorId: string, draining: boolean, graceMs: number): Promise<boolean> {
    const matched = await change(
      tx,
      `UPDATE lane_conductor SET draining = ?, busy_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
       WHERE conductor_id = ?`,
      [draining ? 1 : 0, graceMs * US_PER_MS, conductorId],
    );
    return matched === 1;
  }

  async remove(tx: Transaction, conductorId: string): Promise<void> {
    await change(tx, 'DELETE FROM lane_conductor WHERE conductor_id = ?', [conductorId]);
  }

  private async join(tx: Transaction, member: NewMember): Promise<void> {
    await change(
      tx,
      `INSERT INTO lane_conductor (conductor_id, name, conductor_group, domains, joined_at, beat_at)
       VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE beat_at = VALUES(beat_at)`,
      [member.id, member.name, member.conductorGroup, JSON.stringify(member.domains)],
    );
    await change(tx, 'DELETE FROM lane_conductor WHERE beat_at < UTC_TIMESTAMP(6) - INTERVAL ? HOUR', [
      FORGET_H,
    ]);
  }
}
