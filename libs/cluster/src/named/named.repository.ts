import { Fault } from '@ultron/kernel/fault';
import { isDuplicate } from '@ultron/platform/database/database.errors';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';

/** A row that has little but a name: an IDC, a conductor group. */
export interface Named {
  id: string;
  name: string;
  description: string;
  createdAt: Date;
}

export type NamedSort = 'name' | 'created_at';

interface NamedRow {
  id: string;
  name: string;
  description: string;
  created_at: Date;
}

// MySQL's number for a row that others refer to.
const REFERRED_TO = 1451;

/** What IDCs and conductor groups have in common in SQL; the table's name comes from the subclass alone. */
export abstract class NamedRepository {
  protected constructor(
    private readonly table: 'idc' | 'conductor_group',
    private readonly noun: string,
  ) {}

  async insert(tx: Transaction, row: Named): Promise<void> {
    try {
      await tx.query(`INSERT INTO ${this.table} (id, name, description, created_at) VALUES (?, ?, ?, ?)`, [
        row.id,
        row.name,
        row.description,
        row.createdAt,
      ]);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new Fault({
        code: `${this.table}_name_taken`,
        category: 'conflict',
        detail: `There is already ${this.noun} named ${row.name}.`,
        fields: [{ pointer: '/name', detail: 'is taken' }],
      });
    }
  }

  async find(tx: Transaction, nameOrId: string): Promise<Named | null> {
    const rows = await tx.query<NamedRow[]>(`SELECT * FROM ${this.table} WHERE id = ? OR name = ? LIMIT 1`, [
      nameOrId,
      nameOrId,
    ]);
    return rows[0] ? toNamed(rows[0]) : null;
  }

  /** One page and one row more. */
  async list(tx: Transaction, page: Page<NamedSort>): Promise<Named[]> {
    const sql = keysetSql(page, { name: 'name', created_at: 'id' }, 'id');
    const rows = await tx.query<NamedRow[]>(
      `SELECT * FROM ${this.table} WHERE ${sql.where} ORDER BY ${sql.orderBy} LIMIT ${sql.limit}`,
      sql.params,
    );
    return rows.map(toNamed);
  }

  /** @throws Fault when a cluster still belongs to it. Whether there was one to delete. */
  async delete(tx: Transaction, id: string): Promise<boolean> {
    try {
      const result = await tx.query<{ affectedRows: number }>(`DELETE FROM ${this.table} WHERE id = ?`, [id]);
      return result.affectedRows > 0;
    } catch (error) {
      if (errnoOf(error) !== REFERRED_TO) throw error;
      throw new Fault({
        code: `${this.table}_in_use`,
        category: 'conflict',
        detail: 'Clusters still belong to it: move or delete them first.',
      });
    }
  }
}

const toNamed = (row: NamedRow): Named => ({
  id: row.id,
  name: row.name,
  description: row.description,
  createdAt: row.created_at,
});

const errnoOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
