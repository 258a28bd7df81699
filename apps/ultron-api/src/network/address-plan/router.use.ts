import { Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { RouterRepository } from '@ultron/network/router/router.repository';
import type { Transaction } from '@ultron/platform/database/transaction';

const MOST_NAMED = 100;

/** Routers that need a subnet or a VPC which is to be deleted. */
@Injectable()
export class RouterUse {
  constructor(private readonly routers: RouterRepository) {}

  /** @throws Fault `subnet_in_use` with the router that has an interface in it */
  async ofSubnet(tx: Transaction, subnetId: string): Promise<void> {
    const router = await this.routers.findOfSubnet(tx, subnetId);
    if (!router) return;
    throw new Fault({
      code: 'subnet_in_use',
      category: 'conflict',
      detail: `The router ${router.name} has an interface in the subnet; detach it first.`,
      extra: { addresses: [], routers: [router.id], more: false },
    });
  }

  /** @throws Fault `vpc_in_use` with the routers of the VPC */
  async ofVpc(tx: Transaction, vpcId: string): Promise<void> {
    const page = { limit: MOST_NAMED, sort: 'created_at', order: 'asc' } as const;
    const routers = (await this.routers.list(tx, { vpcId }, page)).slice(0, MOST_NAMED);
    if (routers.length === 0) return;
    throw new Fault({
      code: 'vpc_in_use',
      category: 'conflict',
      detail: 'Routers belong to the VPC; delete them first.',
      extra: { subnets: [], routers: routers.map(({ id }) => id) },
    });
  }
}
