import { Injectable } from '@nestjs/common';
import { isDuplicate } from '@ultron/platform/database/database.errors';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { nextHour } from './hour.rules.js';

/** Every table of reports. */
const TABLES = [
  'report_usage',
  'report_outcome',
  'report_capacity',
  'report_flavor_capacity',
  'report_project_capacity',
  'report_hour',
];

/** A claim that is older belongs to somebody who died. */
const CLAIM_S = 600;

/** Which hours were summed up, and by whom just now. */
@Injectable()
export class ReportHours {
  async now(tx: Transaction): Promise<Date> {
    const [row] = await select<{ now: Date }>(tx, 'SELECT UTC_TIMESTAMP(6) AS now');
    if (!row) throw new Error('the database did not tell the time');
    return row.now;
  }

  /** When the first thing that there is to report happened; null: nothing did. */
  async firstHour(tx: Transaction): Promise<Date | null> {
    const [row] = await select<{ first: Date | null }>(
      tx,
      'SELECT LEAST(COALESCE((SELECT MIN(created_at) FROM cluster), UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6)) AS first',
    );
    return row?.first ?? null;
  }

  /** How long ago the last hour ended that was summed up; without one, since there is something to sum up. */
  async ageSeconds(tx: Transaction): Promise<number> {
    const [row] = await select<{ latest: Date | null }>(
      tx,
      `SELECT MAX(hour) AS latest FROM report_hour WHERE state = 'done'`,
    );
    const now = await this.now(tx);
    const end = row?.latest ? nextHour(row.latest) : ((await this.firstHour(tx)) ?? now);
    return Math.max(0, (now.getTime() - end.getTime()) / 1000);
  }

  /** Of the hours from `from` on those that are done. */
  async done(tx: Transaction, from: Date): Promise<Set<number>> {
    const rows = await select<{ hour: Date }>(
      tx,
      `SELECT hour FROM report_hour WHERE hour >= ? AND state = 'done'`,
      [from],
    );
    return new Set(rows.map(({ hour }) => hour.getTime()));
  }

  /** Whether this caller, and no other, sums up the hour now. The claim of somebody who died is taken over. */
  async claim(tx: Transaction, hour: Date): Promise<boolean> {
    try {
      await change(
        tx,
        `INSERT INTO report_hour (hour, state, claimed_at) VALUES (?, 'claimed', UTC_TIMESTAMP(6))`,
        [hour],
      );
      return true;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    const taken = await change(
      tx,
      `UPDATE report_hour SET claimed_at = UTC_TIMESTAMP(6), tries = tries + 1
       WHERE hour = ? AND state = 'claimed' AND claimed_at < UTC_TIMESTAMP(6) - INTERVAL ? SECOND`,
      [hour, CLAIM_S],
    );
    return taken === 1;
  }

  /** It may be done anew, at once. */
  async giveBack(tx: Transaction, hour: Date): Promise<void> {
    await change(
      tx,
      `UPDATE report_hour SET claimed_at = '1970-01-01' WHERE hour = ? AND state = 'claimed'`,
      [hour],
    );
  }

  async finish(tx: Transaction, hour: Date): Promise<void> {
    await change(tx, `UPDATE report_hour SET state = 'done', finished_at = UTC_TIMESTAMP(6) WHERE hour = ?`, [
      hour,
    ]);
  }

  /** Forgets what is older than so many days. Returns how many rows went. */
  async purge(tx: Transaction, days: number, limit: number): Promise<number> {
    let gone = 0;
    for (const table of TABLES) {
      gone += await change(
        tx,
        `DELETE FROM ${table} WHERE hour < UTC_TIMESTAMP(6) - INTERVAL ? DAY LIMIT ?`,
        [days, limit],
      );
    }
    return gone;
  }
}
