import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { type Kept, recordChange } from '@ultron/platform/trail/trail';
import { SyncTierRepository } from '@ultron/sync/tier/sync-tier.repository';
import { ClusterPlaces } from '../cluster-place.repository.js';
import { shownLimits } from './brake.rules.js';
import { PolicyRepository } from './policy.repository.js';
import type { PolicyRow } from './policy.rules.js';
import type { ReconcilePolicy } from './reconcile-policy.entity.js';

/** Null takes a limit back. */
export type PolicyChanges = Partial<Pick<PolicyRow, 'action' | 'maxPerHour' | 'maxShare'>>;

type VersionCheck = (version: number) => void;

/** What is done about which findings. */
@Injectable()
export class PolicyService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PolicyRepository) private readonly policies: PolicyRepository,
    @Inject(ClusterPlaces) private readonly places: ClusterPlaces,
    @Inject(SyncTierRepository) private readonly tiers: SyncTierRepository,
  ) {}

  /**
   * There is one policy for a kind and a place: asking again changes it. The check is told the version of the one there is.
   * @throws Fault `policy_scope_invalid`, `cluster_not_found`.
   */
  async put(
    tx: Transaction,
    wish: PolicyRow,
    check: (version: number | null) => void = () => undefined,
  ): Promise<{ policy: ReconcilePolicy; created: boolean }> {
    if ((wish.scope === 'all') !== (wish.scopeId === ''))
      throw scopeInvalid(
        wish.scope === 'all' ? 'is not given where the scope is all' : `names the ${wish.scope}`,
      );
    const scopeId = wish.scope === 'cluster' ? (await this.places.get(tx, wish.scopeId)).id : wish.scopeId;
    if (wish.scope === 'tier') await this.requireTier(tx, scopeId);
    const placed = { ...wish, scopeId };
    const before = await this.policies.lockAt(tx, placed);
    check(before?.version ?? null);
    const policy = await this.required(tx, await this.policies.put(tx, placed));
    await recordChange(tx, POLICY, before, policy);
    // Another may have made it since: only a new row has the first version.
    return { policy, created: policy.version === 1 };
  }

  /** A policy for a tier that is none would never hold. */
  private async requireTier(tx: Transaction, name: string): Promise<void> {
    const tiers = (await this.tiers.list(tx)).map((tier) => tier.name);
    if (!tiers.includes(name)) throw scopeInvalid(`names a tier: ${tiers.join(', ')}`);
  }

  /** @throws Fault `policy_not_found`. */
  async get(id: string): Promise<ReconcilePolicy> {
    return this.required(this.database.read, id);
  }

  async list(
    filter: { kind?: string | undefined; scopeId?: string | undefined },
    page: Page<'id'>,
  ): Promise<ReconcilePolicy[]> {
    return this.policies.list(this.database.read, filter, page);
  }

  /** @throws Fault `policy_not_found`. */
  async change(
    tx: Transaction,
    id: string,
    changes: PolicyChanges,
    check: VersionCheck,
  ): Promise<ReconcilePolicy> {
    const policy = await this.locked(tx, id);
    check(policy.version);
    await this.policies.set(tx, id, { ...policy, ...changes });
    const changed = await this.required(tx, id);
    await recordChange(tx, POLICY, policy, changed);
    return changed;
  }

  /** What holds more widely, or the default, holds then. @throws Fault `policy_not_found`. */
  async remove(tx: Transaction, id: string, check: VersionCheck): Promise<void> {
    const policy = await this.locked(tx, id);
    check(policy.version);
    await this.policies.remove(tx, id);
    await recordChange(tx, POLICY, policy, null);
  }

  private async locked(tx: Transaction, id: string): Promise<ReconcilePolicy> {
    const policy = await this.policies.lock(tx, id);
    if (!policy) throw policyNotFound(id);
    return policy;
  }

  private async required(tx: Transaction, id: string): Promise<ReconcilePolicy> {
    const policy = await this.policies.find(tx, id);
    if (!policy) throw policyNotFound(id);
    return policy;
  }
}

const POLICY: Kept<ReconcilePolicy> = {
  kind: 'reconcile_policy',
  idOf: ({ id }) => id,
  shown: (policy) => ({
    kind: policy.kind,
    subject_kind: policy.subjectKind === '' ? null : policy.subjectKind,
    scope: policy.scope,
    scope_id: policy.scopeId === '' ? null : policy.scopeId,
    action: policy.action,
    ...shownLimits(policy),
  }),
};

const policyNotFound = (id: string): Fault =>
  new Fault({ code: 'policy_not_found', category: 'not_found', detail: `There is no policy ${id}.` });

const scopeInvalid = (detail: string): Fault =>
  new Fault({
    code: 'policy_scope_invalid',
    category: 'invalid',
    detail: `scope_id ${detail}.`,
    fields: [{ pointer: '/scope_id', detail }],
  });
