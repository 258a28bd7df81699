import { Inject, Injectable } from '@nestjs/common';
import { SchedulerService, type Placed } from '@ultron/cluster/scheduler/scheduler.service';
import { Fault } from '@ultron/kernel/fault';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { TaskRef } from '@ultron/tasks/task/task.types';
import type { Shortage } from '../server-nic/address-replenishment.js';
import { NeedsAddresses, ServerAddresses, shortagesOf } from '../server-nic/server-addresses.js';
import type { NewServerNic } from '../server-nic/server-nic.repository.js';
import { nicWishOf, placementOf, type ServerOrder } from './server-draft.js';

/** What was decided about an order, with its addresses taken. */
export interface PlacedOrder extends Placed {
  nics: NewServerNic[];
}

/** Thrown to write the entries of a batch one by one, when one of them must leave nothing behind. */
export class WriteApart extends Error {}

/** Decides where the servers of orders go. */
@Injectable()
export class OrderPlacement {
  constructor(
    @Inject(SchedulerService) private readonly scheduler: SchedulerService,
    @Inject(ServerAddresses) private readonly addresses: ServerAddresses,
  ) {}

  /** Places orders under the limits of hosts and of addresses, and takes their addresses. */
  async place(
    tx: Transaction,
    orders: readonly ServerOrder[],
    shortages: readonly Shortage[],
  ): Promise<{ placed: (PlacedOrder | Fault)[]; ring: TaskRef[] }> {
    const wishes = orders.map(nicWishOf);
    const { parts, ring } = await this.addresses.open(tx, wishes, shortages);
    const requests = orders.map((order, i) => placementOf(order, parts[i]));
    const results = await this.scheduler.placeMany(tx, requests);
    const good = results.flatMap((result, i) => {
      const [wish, part] = [wishes[i], parts[i]];
      return result instanceof Fault || !wish || !part ? [] : [{ wish, part, ...result }];
    });
    const lacking = shortagesOf(good);
    if (lacking.length > 0) throw new NeedsAddresses(lacking);
    const taken = await this.addresses.take(tx, good);
    let next = 0;
    const placed = results.map((result): PlacedOrder | Fault => {
      if (result instanceof Fault) return result;
      const nics = taken[next++] ?? [];
      if (!(nics instanceof Fault)) return { ...result, nics };
      // What is promised to it and what it took must not stay: the others are written without it.
      if (orders.length > 1) throw new WriteApart();
      throw nics;
    });
    return { placed, ring };
  }
}
