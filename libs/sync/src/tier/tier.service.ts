import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { type Kept, recordChange } from '@ultron/platform/trail/trail';
import type { BrakePolicy } from '../pass/brake.rules.js';
import { type AssignmentFilter, SyncTierRepository, type TierAssignment } from './sync-tier.repository.js';
import { notAssigned, tierNotFound, tierTimes } from './tier.faults.js';
import type { TierSubject, TierView } from './tier.types.js';

export type TierChanges = Partial<Pick<TierView, 'objectiveMs' | 'changesMs' | 'idsMs' | 'fullMs'>> & {
  brake?: Partial<BrakePolicy>;
};

/** How fresh things are to be, and for whom. Conductors take up what changed within seconds. */
@Injectable()
export class TierService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(SyncTierRepository) private readonly tiers: SyncTierRepository,
  ) {}

  list(): Promise<TierView[]> {
    return this.tiers.list(this.database.read);
  }

  /** @throws Fault `tier_not_found` */
  get(name: string): Promise<TierView> {
    return this.existing(this.database.read, name);
  }

  /** @throws Fault `tier_not_found`, `tier_times`, and what the guard throws */
  async update(
    tx: Transaction,
    name: string,
    changes: TierChanges,
    guard: (version: number) => void,
  ): Promise<TierView> {
    const before = await this.tiers.lock(tx, name);
    if (!before) throw tierNotFound(name);
    guard(before.version);
    const changed = { ...before, ...changes, brake: { ...before.brake, ...changes.brake } };
    check(changed);
    await this.tiers.update(tx, changed);
    const after = await this.existing(tx, name);
    await recordChange(tx, TIER, before, after);
    return after;
  }

  assignments(filter: AssignmentFilter, page: Page<'id'>): Promise<TierAssignment[]> {
    return this.tiers.page(this.database.read, filter, page);
  }

  /** @throws Fault `tier_not_assigned` */
  async assignment(subject: TierSubject, subjectId: string): Promise<TierAssignment> {
    const found = await this.tiers.findAssignment(this.database.read, subject, subjectId);
    if (!found) throw notAssigned();
    return found;
  }

  /** The guard is told the tier there is; null: none. @throws Fault `tier_not_found`, and what the guard throws */
  async assign(
    tx: Transaction,
    assignment: TierAssignment,
    guard: (tier: string | null) => void,
  ): Promise<TierAssignment> {
    await this.existing(tx, assignment.tier);
    const before = await this.tiers.lockAssignment(tx, assignment.subject, assignment.subjectId);
    guard(before?.tier ?? null);
    await this.tiers.assign(tx, assignment);
    await recordChange(tx, ASSIGNMENT, before, assignment);
    return assignment;
  }

  /** @throws Fault `tier_not_assigned`, and what the guard throws */
  async unassign(
    tx: Transaction,
    subject: TierSubject,
    subjectId: string,
    guard: (tier: string) => void,
  ): Promise<void> {
    const before = await this.tiers.lockAssignment(tx, subject, subjectId);
    if (!before) throw notAssigned();
    guard(before.tier);
    await this.tiers.unassign(tx, subject, subjectId);
    await recordChange(tx, ASSIGNMENT, before, null);
  }

  private async existing(tx: Transaction, name: string): Promise<TierView> {
    const tier = await this.tiers.find(tx, name);
    if (!tier) throw tierNotFound(name);
    return tier;
  }
}

const TIER: Kept<TierView> = {
  kind: 'sync_tier',
  idOf: ({ name }) => name,
  shown: ({ objectiveMs, changesMs, idsMs, fullMs, brake }) => ({
    objective_ms: objectiveMs,
    changes_ms: changesMs,
    ids_ms: idsMs,
    full_ms: fullMs,
    brake_at_least: brake.atLeast,
    brake_percent: Math.round(brake.share * 100),
  }),
};

const ASSIGNMENT: Kept<TierAssignment> = {
  kind: 'sync_tier_assignment',
  idOf: ({ subject, subjectId }) => `${subject}/${subjectId}`,
  shown: ({ tier }) => ({ tier }),
};

function check({ objectiveMs, changesMs, fullMs }: TierView): void {
  if (changesMs > objectiveMs) {
    throw tierTimes(
      'must not be longer than objective_ms: what changed would be seen too late',
      '/changes_ms',
    );
  }
  if (fullMs < changesMs) throw tierTimes('must not be shorter than changes_ms', '/full_ms');
}
