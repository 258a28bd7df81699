import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { conditionsOf } from '../lifecycle/filter.sql.js';
import { LifecycleRepository } from '../lifecycle/lifecycle.repository.js';
import type { LifecycleStatus } from '../lifecycle/lifecycle.state.js';
import { Router, RouterInterface } from './router.entity.js';

export type RouterIntent = Pick<
  Router,
  'name' | 'description' | 'adminStateUp' | 'externalNetworkId' | 'enableSnat'
>;
export type NewRouter = Pick<Router, 'id' | 'projectId' | 'vpcId'> & RouterIntent;
export type RouterSort = 'created_at' | 'name';

export interface RouterFilter {
  projectId?: string | undefined;
  name?: string | undefined;
  status?: LifecycleStatus | undefined;
  vpcId?: string | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
}

@Injectable()
export class RouterRepository extends LifecycleRepository {
  constructor() {
    super('router');
  }

  async insert(tx: Transaction, router: NewRouter): Promise<void> {
    const { id, projectId, vpcId, name, description, adminStateUp, externalNetworkId, enableSnat } = router;
    await change(
      tx,
      `INSERT INTO router (id, project_id, vpc_id, name, description, admin_state_up, external_network_id, enable_snat,
         status, version, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'active', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
      [id, projectId, vpcId, name, description, adminStateUp, externalNetworkId, enableSnat],
    );
  }

  async find(tx: Transaction, id: string): Promise<Router | null> {
    return tx.findOneBy(Router, { id });
  }

  /** Reads the row and keeps it from changing until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<Router | null> {
    return tx.findOne(Router, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** One more row than the page asks for, when there is one. */
  async list(tx: Transaction, filter: RouterFilter, page: Page<RouterSort>): Promise<Router[]> {
    const keyset = keysetSql(page, { created_at: 'id', name: 'name' }, 'id');
    const { where, params } = conditionsOf([
      ['project_id = ?', filter.projectId],
      ['name = ?', filter.name],
      ['status = ?', filter.status],
      ['vpc_id = ?', filter.vpcId],
      ['created_at > ?', filter.createdAfter],
      ['created_at < ?', filter.createdBefore],
    ]);
    if (filter.status !== 'deleted') where.push('deleted_at IS NULL');
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM router WHERE ${[...where, keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      [...params, ...keyset.params],
    );
    const ids = rows.map((row) => row.id);
    if (!ids.length) return [];
    const found = await tx.createQueryBuilder(Router, 'r').where('r.id IN (:...ids)', { ids }).getMany();
    const byId = new Map(found.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  async setIntent(tx: Transaction, id: string, intent: RouterIntent): Promise<void> {
    await change(
      tx,
      `UPDATE router SET name = ?, description = ?, admin_state_up = ?, external_network_id = ?, enable_snat = ?
        WHERE id = ?`,
      [intent.name, intent.description, intent.adminStateUp, intent.externalNetworkId, intent.enableSnat, id],
    );
  }

  /** What became of it in its clusters, taken together. */
  async setStatus(tx: Transaction, id: string, status: LifecycleStatus): Promise<void> {
    await change(
      tx,
      `UPDATE router SET status = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6),
         deleted_at = IF(? = 'deleted', UTC_TIMESTAMP(6), NULL) WHERE id = ? AND status <> ?`,
      [status, status, id, status],
    );
  }

  async attach(tx: Transaction, routerId: string, subnetId: string): Promise<void> {
    await change(
      tx,
      'INSERT INTO router_interface (subnet_id, router_id, created_at) VALUES (?, ?, UTC_TIMESTAMP(6))',
      [subnetId, routerId],
    );
  }

  async detach(tx: Transaction, routerId: string, subnetId: string): Promise<boolean> {
    const gone = await change(tx, 'DELETE FROM router_interface WHERE subnet_id = ? AND router_id = ?', [
      subnetId,
      routerId,
    ]);
    return gone > 0;
  }

  async detachAll(tx: Transaction, routerId: string): Promise<void> {
    await change(tx, 'DELETE FROM router_interface WHERE router_id = ?', [routerId]);
  }

  async interfacesOf(tx: Transaction, routerIds: readonly string[]): Promise<RouterInterface[]> {
    if (!routerIds.length) return [];
    return tx
      .createQueryBuilder(RouterInterface, 'i')
      .where('i.routerId IN (:...routerIds)', { routerIds })
      .orderBy('i.createdAt')
      .getMany();
  }

  /** The router at which the subnet has its gateway. */
  async findOfSubnet(tx: Transaction, subnetId: string): Promise<Router | null> {
    const found = await tx.findOneBy(RouterInterface, { subnetId });
    return found && this.find(tx, found.routerId);
  }
}
