import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { MEMBER_TTL_MS } from './membership.rules.js';

/** The conductors of a group, as far as its lanes know them. */
export interface GroupMembers {
  conductorGroup: string;
  living: number;
  /** Of those that live: they take nothing more. */
  leaving: number;
  lanes: number;
  /** Lanes that no living conductor owns. */
  unowned: number;
}

const ALIVE = `m.beat_at > UTC_TIMESTAMP(6) - INTERVAL ${MEMBER_TTL_MS * 1000} MICROSECOND`;

@Injectable()
export class GroupViewRepository {
  /** Of all groups that have lanes or living conductors. */
  async list(tx: Transaction): Promise<GroupMembers[]> {
    const members = await select<{ name: string; living: string; leaving: string }>(
      tx,
      `SELECT conductor_group AS name, COUNT(*) AS living, SUM(draining = 1 OR leaving = 1) AS leaving
       FROM lane_conductor m WHERE ${ALIVE} GROUP BY conductor_group`,
    );
    const lanes = await select<{ name: string; lanes: string; unowned: string }>(
      tx,
      `SELECT l.conductor_group AS name, COUNT(*) AS lanes, SUM(m.conductor_id IS NULL) AS unowned
       FROM lane l LEFT JOIN lane_conductor m ON m.conductor_id = l.owner_id AND ${ALIVE} GROUP BY l.conductor_group`,
    );
    const names = new Set([...members, ...lanes].map(({ name }) => name));
    return [...names].sort().map((name) => {
      const own = members.find((row) => row.name === name);
      const its = lanes.find((row) => row.name === name);
      return {
        conductorGroup: name,
        living: Number(own?.living ?? 0),
        leaving: Number(own?.leaving ?? 0),
        lanes: Number(its?.lanes ?? 0),
        unowned: Number(its?.unowned ?? 0),
      };
    });
  }

  /** How many lanes each conductor owns. */
  async lanesOf(tx: Transaction): Promise<Map<string, number>> {
    const rows = await select<{ owner_id: string; lanes: string }>(
      tx,
      'SELECT owner_id, COUNT(*) AS lanes FROM lane WHERE owner_id IS NOT NULL GROUP BY owner_id',
    );
    return new Map(rows.map((row) => [row.owner_id, Number(row.lanes)]));
  }
}
