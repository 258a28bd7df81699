import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { conditionsOf } from '../../lifecycle/filter.sql.js';
import { lastOf, parseAddress, toBytes, type Block } from '../block/block.js';
import { baseOf } from '../block/block.row.js';
import { shownAddress } from './address.repository.js';
import type { AddressPurpose, HeldState } from './address.state.js';

/** An address that is not free, as it is listed. */
export interface ListedAddress {
  address: string;
  state: HeldState;
  purpose: AddressPurpose | null;
  segmentId: string;
  subnetId: string;
  clusterId: string | null;
  reservationId: string | null;
  portId: string | null;
  expiresAt: Date | null;
}

export interface AddressFilter {
  state?: HeldState | undefined;
  purpose?: AddressPurpose | undefined;
  clusterId?: string | undefined;
  subnetId?: string | undefined;
  segmentId?: string | undefined;
}

@Injectable()
export class AddressListRepository {
  /** One page and one row more of the addresses of a VPC that are not free, in the order of the addresses. */
  async list(
    tx: Transaction,
    { scopeId, block }: { scopeId: string; block: Block },
    filter: AddressFilter,
    page: Page<'address'>,
  ): Promise<ListedAddress[]> {
    const { where, params } = conditionsOf([
      ['a.state = ?', filter.state],
      ['a.purpose = ?', filter.purpose],
      ['g.cluster_id = ?', filter.clusterId],
      ['g.subnet_id = ?', filter.subnetId],
      ['g.id = ?', filter.segmentId],
    ]);
    const upwards = page.order === 'asc';
    const after = page.after ? [`a.address ${upwards ? '>' : '<'} ?`] : [];
    const rows = await select<Omit<ListedAddress, 'address'> & { address: Buffer }>(
      tx,
      `SELECT a.address, a.state, a.purpose, a.segment_id AS segmentId, g.subnet_id AS subnetId,
              g.cluster_id AS clusterId, a.reservation_id AS reservationId, a.port_id AS portId,
              a.expires_at AS expiresAt
         FROM address a JOIN segment g ON g.id = a.segment_id
        WHERE ${['a.scope_id = ? AND a.address BETWEEN ? AND ?', ...after, ...where].join(' AND ')}
        ORDER BY a.address ${upwards ? 'ASC' : 'DESC'} LIMIT ?`,
      [
        ...[scopeId, baseOf(block), toBytes(block.family, lastOf(block))],
        ...(page.after ? [bytesOf(page.after.id)] : []),
        ...params,
        page.limit + 1,
      ],
    );
    return rows.map((row) => ({ ...row, address: shownAddress(row.address) }));
  }
}

function bytesOf(text: string): Buffer {
  const { family, address } = parseAddress(text, '?cursor');
  return toBytes(family, address);
}
