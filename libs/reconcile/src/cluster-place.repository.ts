import { Injectable } from '@nestjs/common';
import type { ClusterState } from '@ultron/cluster/cluster/cluster.state';
import { Fault } from '@ultron/kernel/fault';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

/** What a task about a cluster needs to know of it. */
export interface ClusterPlace {
  id: string;
  name: string;
  conductorGroup: string;
  state: ClusterState;
}

@Injectable()
export class ClusterPlaces {
  /** @throws Fault `cluster_not_found`. */
  async get(tx: Transaction, nameOrId: string): Promise<ClusterPlace> {
    const rows = await select<ClusterPlace>(
      tx,
      `SELECT c.id, c.name, g.name AS conductorGroup, c.state
       FROM cluster c JOIN conductor_group g ON g.id = c.conductor_group_id WHERE c.id = ? OR c.name = ?`,
      [nameOrId, nameOrId],
    );
    if (rows[0]) return rows[0];
    throw new Fault({
      code: 'cluster_not_found',
      category: 'not_found',
      detail: `There is no cluster ${nameOrId}.`,
    });
  }
}
