import { Injectable } from '@nestjs/common';
import { isId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { KeyPair } from './key-pair.entity.js';

export interface KeyPairPage {
  /** Only ids after this one. */
  after?: string | undefined;
  limit: number;
}

@Injectable()
export class KeyPairRepository {
  async insert(tx: Transaction, keyPair: KeyPair): Promise<void> {
    await tx.insert(KeyPair, keyPair);
  }

  async find(tx: Transaction, projectId: string, nameOrId: string): Promise<KeyPair | null> {
    const byName = { projectId, name: nameOrId };
    return tx.findOneBy(KeyPair, isId(nameOrId) ? [{ projectId, id: nameOrId }, byName] : byName);
  }

  async list(tx: Transaction, projectId: string, page: KeyPairPage): Promise<KeyPair[]> {
    return tx
      .createQueryBuilder(KeyPair, 'pair')
      .where('pair.projectId = :projectId', { projectId })
      .andWhere(page.after ? 'pair.id > :after' : '1 = 1', { after: page.after })
      .orderBy('pair.id')
      .limit(page.limit)
      .getMany();
  }

  async listNames(tx: Transaction, projectId: string): Promise<string[]> {
    const rows = await tx.find(KeyPair, { where: { projectId }, order: { name: 'ASC' }, take: 100 });
    return rows.map((row) => row.name);
  }

  /** Whether a server that is not deleted still names it. */
  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.delete(KeyPair, { id });
  }
}
