import { Injectable } from '@nestjs/common';
import { isId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { KeyPair } from './key-pair.entity.js';

export type KeyPairSort = 'created_at' | 'name';

export interface KeyPairFilter {
  /** Every project's when it is not given. */
  projectId?: string | undefined;
}

@Injectable()
export class KeyPairRepository {
  async insert(tx: Transaction, keyPair: KeyPair): Promise<void> {
    await tx.insert(KeyPair, keyPair);
  }

  async find(tx: Transaction, { projectId }: KeyPairFilter, nameOrId: string): Promise<KeyPair | null> {
    const project = projectId === undefined ? {} : { projectId };
    const byName = { ...project, name: nameOrId };
    return tx.findOneBy(KeyPair, isId(nameOrId) ? [{ ...project, id: nameOrId }, byName] : byName);
  }

  /** One more row than the page asks for, when there is one. */
  async list(tx: Transaction, { projectId }: KeyPairFilter, page: Page<KeyPairSort>): Promise<KeyPair[]> {
    const keyset = keysetSql(page, { created_at: 'id', name: 'name' }, 'id');
    const project =
      projectId === undefined ? { sql: '1', params: [] } : { sql: 'project_id = ?', params: [projectId] };
    return tx.query<KeyPair[]>(
      `SELECT id, project_id AS projectId, name, type, public_key AS publicKey, fingerprint, created_at AS createdAt
       FROM key_pair WHERE ${project.sql} AND ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      [...project.params, ...keyset.params],
    );
  }

  async listNames(tx: Transaction, projectId: string): Promise<string[]> {
    const rows = await tx.find(KeyPair, { where: { projectId }, order: { name: 'ASC' }, take: 100 });
    return rows.map((row) => row.name);
  }

  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.delete(KeyPair, { id });
  }
}
