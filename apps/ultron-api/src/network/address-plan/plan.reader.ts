import { Injectable } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn } from '@ultron/identity/caller/caller.rules';
import { Fault } from '@ultron/kernel/fault';
import { notFound } from '@ultron/network/address-plan/plan.faults';
import { SubnetRepository } from '@ultron/network/address-plan/subnet/subnet.repository';
import {
  type NamedCluster,
  type NamedIdc,
  PlaceNamesRepository,
} from '@ultron/network/address-plan/vpc/place-names.repository';
import {
  type PlannedSubnet,
  type VpcPlan,
  VpcPlanRepository,
} from '@ultron/network/address-plan/vpc/vpc-plan.repository';
import type { Transaction } from '@ultron/platform/database/transaction';

/** The names of all IDCs and clusters at one moment. */
export class Places {
  constructor(
    private readonly idcs: readonly NamedIdc[],
    private readonly clusters: readonly NamedCluster[],
  ) {}

  idc(id: string): { id: string; name: string | null } {
    return { id, name: this.idcs.find((one) => one.id === id)?.name ?? null };
  }

  cluster(id: string): { id: string; name: string | null } {
    return { id, name: this.clusters.find((one) => one.id === id)?.name ?? null };
  }

  /** @throws Fault `unknown_reference` with the pointer of the field */
  idcCalled(nameOrId: string, pointer: string): NamedIdc {
    const found = this.idcs.find(({ id, name }) => id === nameOrId || name === nameOrId);
    if (!found) throw unknown('IDC', nameOrId, pointer);
    return found;
  }

  /** @throws Fault `unknown_reference` with the pointer of the field */
  clusterCalled(nameOrId: string, pointer: string): NamedCluster {
    const found = this.clusters.find(({ id, name }) => id === nameOrId || name === nameOrId);
    if (!found) throw unknown('cluster', nameOrId, pointer);
    return found;
  }
}

/** Finds what the caller may see of the plan; what is not his does not exist. */
@Injectable()
export class PlanReader {
  constructor(
    private readonly plans: VpcPlanRepository,
    private readonly subnets: SubnetRepository,
    private readonly names: PlaceNamesRepository,
  ) {}

  async places(tx: Transaction): Promise<Places> {
    return new Places(await this.names.idcs(tx), await this.names.clusters(tx));
  }

  /** @throws Fault `vpc_not_found` */
  async vpc(tx: Transaction, caller: Caller, id: string): Promise<VpcPlan> {
    return seenBy(caller, await this.plans.get(tx, id));
  }

  /** As `vpc`, locked: nobody else changes it before the transaction ends. */
  async lockVpc(tx: Transaction, caller: Caller, id: string): Promise<VpcPlan> {
    return seenBy(caller, await this.plans.lock(tx, id));
  }

  /** @throws Fault `subnet_not_found` */
  async subnet(
    tx: Transaction,
    caller: Caller,
    id: string,
  ): Promise<{ vpc: VpcPlan; subnet: PlannedSubnet }> {
    const row = await this.subnets.find(tx, id);
    if (!row) throw notFound('subnet', id);
    const vpc = await this.plans.get(tx, row.vpcId);
    const subnet = vpc.subnets.find((one) => one.id === id);
    const own = projectToReadIn(caller);
    if (!subnet || (own !== undefined && own !== vpc.projectId)) throw notFound('subnet', id);
    return { vpc, subnet };
  }
}

function seenBy(caller: Caller, vpc: VpcPlan): VpcPlan {
  const own = projectToReadIn(caller);
  if (own !== undefined && own !== vpc.projectId) throw notFound('VPC', vpc.id);
  return vpc;
}

function unknown(what: 'IDC' | 'cluster', nameOrId: string, pointer: string): Fault {
  return new Fault({
    code: 'unknown_reference',
    category: 'invalid',
    detail: `There is no ${what} ${nameOrId}.`,
    fields: [{ pointer, detail: `names no ${what}` }],
  });
}
