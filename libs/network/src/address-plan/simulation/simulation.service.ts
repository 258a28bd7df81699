import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { AddressAllocation } from '../address/address-allocation.js';
import type { Allocation } from '../address/address.types.js';
import { AddressQuotas } from '../quota/address-quotas.js';
import { rolledBack } from '../rolled-back.js';
import { ClusterStatusRepository } from '../supplement/cluster-status.repository.js';
import { addressesExhausted } from '../supplement/supplement.faults.js';
import type { DealtSegment, SupplementOutcome } from '../supplement/supplement.outcome.js';
import type { BelowFloor } from '../supplement/supplement.rules.js';
import { SupplementService } from '../supplement/supplement.service.js';
import { VpcPlanRepository } from '../vpc/vpc-plan.repository.js';

/** So many servers for a cluster, one after the other. */
export interface Wish {
  idcId: string;
  clusterId: string;
  servers: number;
}

export interface Fate {
  clusterId: string;
  servers: number;
  /** Servers that get an address of an active segment, and of segments that are being built. */
  atOnce: number;
  afterBuilding: number;
  refused: number;
  /** Segments that would be dealt to clusters, for this wish. */
  dealt: DealtSegment[];
  newSubnets: string[];
  /** Segments that other clusters would give up. */
  draining: string[];
  /** Clusters that would stay below their low-water mark, and why. */
  belowFloor: BelowFloor[];
  /** Why servers are refused. */
  fault: Fault | null;
}

/** The least that anybody asks for. */
const probe = { reservationId: '', count: 1 };

/** A supplement makes one subnet at most; no VPC has more. */
const MOST_ROUNDS = 300;

/** Answers "what if": with the very rules and rows that the true thing meets, in a transaction that is not kept. */
@Injectable()
export class SimulationService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(AddressAllocation) private readonly allocation: AddressAllocation,
    @Inject(AddressQuotas) private readonly quotas: AddressQuotas,
    @Inject(SupplementService) private readonly supplements: SupplementService,
    @Inject(ClusterStatusRepository) private readonly clusters: ClusterStatusRepository,
  ) {}

  /** What would become of the wishes, one after the other. Throws `vpc_not_found`, `vpc_deleting`. */
  simulate(vpcId: string, wishes: readonly Wish[]): Promise<Fate[]> {
    return rolledBack(this.database, async (tx) => {
      await this.plans.lockOpen(tx, vpcId);
      const fates: Fate[] = [];
      for (const wish of wishes) fates.push(await this.fateOf(tx, vpcId, wish));
      return fates;
    });
  }

  private async fateOf(tx: Transaction, vpcId: string, wish: Wish): Promise<Fate> {
    const { idcId, clusterId, servers } = wish;
    const fate: Fate = {
      ...{ clusterId, servers, atOnce: 0, afterBuilding: 0, refused: 0 },
      ...{ dealt: [], newSubnets: [], draining: [], belowFloor: [], fault: null },
    };
    try {
      let left = servers - (await this.allocate(tx, vpcId, clusterId, servers, fate));
      for (let round = 0; left > 0 && round < MOST_ROUNDS; round++) {
        // No segment is dealt for servers that the project may not have.
        (await this.quotas.leftFor(tx, [vpcId])).allowed({ ...probe, vpcId, clusterId });
        const outcome = await this.supplement(tx, vpcId, { idcId, clusterId, servers: left }, fate);
        const got = await this.allocate(tx, vpcId, clusterId, left, fate);
        left -= got;
        if (left > 0 && got === 0) fate.fault = addressesExhausted({ ...outcome, short: left });
        if (got === 0) break;
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      fate.fault = error;
    }
    fate.refused = servers - fate.atOnce - fate.afterBuilding;
    return fate;
  }

  private async supplement(
    tx: Transaction,
    vpcId: string,
    { idcId, clusterId, servers }: Wish,
    fate: Fate,
  ): Promise<SupplementOutcome> {
    const demands = await this.clusters.demands(tx, idcId);
    const outcome = await this.supplements.supplementIn(tx, {
      ...{ id: newId(), vpcId, idcId, clusterId, need: servers, urgent: true, demands },
    });
    fate.dealt.push(...outcome.dealt);
    fate.draining.push(...outcome.draining);
    if (outcome.subnetId !== null) fate.newSubnets.push(outcome.subnetId);
    fate.belowFloor = outcome.belowFloor;
    return outcome;
  }

  /** As many as there are; returns how many. Throws the fault of the quota. */
  private async allocate(
    tx: Transaction,
    vpcId: string,
    clusterId: string,
    count: number,
    fate: Fate,
  ): Promise<number> {
    const request = { reservationId: newId(), vpcId, clusterId, count, minCount: 1, coming: true };
    const [outcome] = await this.allocation.allocate(tx, [request]);
    if (!outcome) throw new RangeError('every request has an outcome');
    if (outcome.ok) return counted(outcome.result, fate);
    if (outcome.error instanceof Fault && outcome.error.code === 'cluster_addresses_exhausted') return 0;
    throw outcome.error;
  }
}

function counted({ addresses }: Allocation, fate: Fate): number {
  const atOnce = addresses.filter(({ segmentState }) => segmentState === 'active').length;
  fate.atOnce += atOnce;
  fate.afterBuilding += addresses.length - atOnce;
  return addresses.length;
}
