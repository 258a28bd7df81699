import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import type { AllocationRequest } from '../address/address.types.js';
import { AddressQuotaRepository } from './address-quota.repository.js';

/** What the projects of some VPCs may still be given in this transaction. */
export class QuotaLeft {
  constructor(
    private readonly projectOf: ReadonlyMap<string, string>,
    private readonly left: Map<string, { limit: number; left: number }>,
  ) {}

  /**
   * The request as far as the quota goes: with fewer addresses where it can do with fewer.
   * @throws Fault `address_quota_exceeded`
   */
  allowed(request: AllocationRequest): AllocationRequest {
    const quota = this.left.get(this.projectOf.get(request.vpcId) ?? '');
    if (!quota || request.count <= quota.left) return request;
    const least = request.fixed ? request.count : (request.minCount ?? request.count);
    if (least > quota.left) throw exceeded(quota, least);
    return { ...request, count: quota.left, minCount: least };
  }

  taken(request: AllocationRequest, count: number): void {
    const quota = this.left.get(this.projectOf.get(request.vpcId) ?? '');
    if (quota) quota.left -= count;
  }
}

/** Keeps one project from using up what all live on: its servers hold no more addresses than its quota says. */
@Injectable()
export class AddressQuotas {
  constructor(
    @Inject(AddressQuotaRepository) private readonly quotas: AddressQuotaRepository,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /** Projects with a quota wait for each other's allocations; those without one are not held up. */
  async leftFor(tx: Transaction, vpcIds: readonly string[]): Promise<QuotaLeft> {
    const rows = await this.quotas.ofVpcs(tx, [...new Set(vpcIds)]);
    const limits = new Map<string, number>();
    for (const { projectId, addresses } of rows) {
      const limit = addresses ?? this.config.quota;
      if (limit !== null) limits.set(projectId, limit);
    }
    const left = new Map<string, { limit: number; left: number }>();
    for (const [projectId, limit] of [...limits].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      await this.quotas.lock(tx, projectId);
      const held = await this.quotas.heldBy(tx, projectId);
      left.set(projectId, { limit, left: Math.max(0, limit - held) });
    }
    return new QuotaLeft(new Map(rows.map(({ vpcId, projectId }) => [vpcId, projectId])), left);
  }
}

function exceeded({ limit, left }: { limit: number; left: number }, needed: number): Fault {
  return new Fault({
    code: 'address_quota_exceeded',
    category: 'quota',
    detail: `The project may hold ${limit} addresses and has ${left} of them left; ${needed} are needed.`,
    extra: { limit, left, needed },
  });
}
