import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
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
  async update(name: string, changes: TierChanges, guard: (version: number) => void): Promise<TierView> {
    for (;;) {
      const tier = await this.existing(this.database.read, name);
      guard(tier.version);
      const changed = { ...tier, ...changes, brake: { ...tier.brake, ...changes.brake } };
      check(changed);
      if (await this.tiers.update(this.database.read, changed, tier.version)) return this.get(name);
    }
  }

  assignments(filter: AssignmentFilter, page: Page<'id'>): Promise<TierAssignment[]> {
    return this.tiers.page(this.database.read, filter, page);
  }

  /** @throws Fault `tier_not_found` */
  async assign(assignment: TierAssignment): Promise<TierAssignment> {
    await this.existing(this.database.read, assignment.tier);
    await this.tiers.assign(this.database.read, assignment);
    return assignment;
  }

  /** @throws Fault `tier_not_assigned` */
  async unassign(subject: TierSubject, subjectId: string): Promise<void> {
    if (!(await this.tiers.unassign(this.database.read, subject, subjectId))) throw notAssigned();
  }

  private async existing(tx: Transaction, name: string): Promise<TierView> {
    const tier = await this.tiers.find(tx, name);
    if (!tier) throw tierNotFound(name);
    return tier;
  }
}

function check({ objectiveMs, changesMs, fullMs }: TierView): void {
  if (changesMs > objectiveMs) {
    throw tierTimes(
      'must not be longer than objective_ms: what changed would be seen too late',
      '/changes_ms',
    );
  }
  if (fullMs < changesMs) throw tierTimes('must not be shorter than changes_ms', '/full_ms');
}
