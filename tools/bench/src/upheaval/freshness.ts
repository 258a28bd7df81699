import { quantile } from '../figures.js';
import type { Audit } from './audit.js';
import { pause } from './pause.js';

const LOOK_MS = 1_000;

interface LaneAge {
  lane: string;
  kind: string;
  tier: string;
  /** Since the state was read that is shown. */
  ageMs: number;
  /** What the tier promises for the kind. */
  objectiveMs: number;
}

/** How old the oldest state was that each lane showed. */
export class Freshness {
  private readonly oldest = new Map<string, LaneAge>();

  constructor(private readonly audit: Audit) {}

  async watch(until: number): Promise<void> {
    while (Date.now() < until) {
      for (const age of await this.ages()) {
        if (age.ageMs > (this.oldest.get(age.lane)?.ageMs ?? 0)) this.oldest.set(age.lane, age);
      }
      await pause(LOOK_MS);
    }
  }

  /** Of the tiers: the longest that a lane of servers or ports was not read, in seconds. */
  byTier(): { tier: string; p95: number; most: number; objective: number }[] {
    const lanes = [...this.oldest.values()].filter(({ kind }) => kind === 'server' || kind === 'port');
    return [...Map.groupBy(lanes, ({ tier }) => tier)].map(([tier, own]) => {
      const seconds = own.map(({ ageMs }) => ageMs / 1000);
      return {
        tier,
        p95: quantile(seconds, 0.95),
        most: Math.max(...seconds),
        objective: (own[0]?.objectiveMs ?? NaN) / 1000,
      };
    });
  }

  /** Of all lanes of all kinds: how many times as long as promised. */
  againstPromise(): { p95: number; most: number } {
    const shares = [...this.oldest.values()].map(({ ageMs, objectiveMs }) => ageMs / objectiveMs);
    return { p95: quantile(shares, 0.95), most: Math.max(...shares) };
  }

  private async ages(): Promise<LaneAge[]> {
    const rows = await this.audit.query<LaneAge>(
      `SELECT CONCAT(l.cluster_id, '/', l.kind) AS lane, l.kind, l.tier, t.objective_ms * l.slowness AS objectiveMs,
              TIMESTAMPDIFF(MICROSECOND, l.fresh_at, UTC_TIMESTAMP(6)) / 1000 AS ageMs
       FROM lane l JOIN sync_tier t ON t.name = l.tier WHERE l.fresh_at IS NOT NULL`,
    );
    return rows.map((row) => ({
      ...row,
      ageMs: Number(row.ageMs),
      objectiveMs: Number(row.objectiveMs),
    }));
  }
}
