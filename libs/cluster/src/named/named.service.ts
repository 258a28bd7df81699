import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import type { Named, NamedRepository, NamedSort } from './named.repository.js';

/** What one does with IDCs and conductor groups. */
export abstract class NamedService {
  protected constructor(
    private readonly database: Database,
    private readonly rows: NamedRepository,
    private readonly noun: string,
  ) {}

  /** @throws Fault when the name is taken. */
  async create(tx: Transaction, asked: { name: string; description?: string | undefined }): Promise<Named> {
    const row = {
      id: newId(),
      name: asked.name,
      description: asked.description ?? '',
      createdAt: new Date(),
    };
    await this.rows.insert(tx, row);
    return row;
  }

  async list(page: Page<NamedSort>): Promise<Named[]> {
    return this.rows.list(this.database.read, page);
  }

  async get(nameOrId: string): Promise<Named> {
    const row = await this.rows.find(this.database.read, nameOrId);
    if (!row) throw this.notFound(nameOrId);
    return row;
  }

  /** @throws Fault when clusters still belong to it. */
  async delete(id: string): Promise<void> {
    const deleted = await this.database.transaction((tx) => this.rows.delete(tx, id));
    if (!deleted) throw this.notFound(id);
  }

  private notFound(nameOrId: string): Fault {
    return new Fault({
      code: 'not_found',
      category: 'not_found',
      detail: `There is no ${this.noun} ${nameOrId}.`,
    });
  }
}
