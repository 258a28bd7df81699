import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';

/** What the clusters are called. */
export interface Names {
  idOf(nameOrId: string): string | null;
  nameOf(id: string): string | null;
}

/** For those who show clusters that they know by their id alone. */
@Injectable()
export class ClusterNames {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** @throws Fault `cluster_not_found`. */
  async idOf(nameOrId: string): Promise<string> {
    const id = (await this.all()).idOf(nameOrId);
    if (id !== null) return id;
    throw new Fault({
      code: 'cluster_not_found',
      category: 'not_found',
      detail: `There is no cluster ${nameOrId}.`,
    });
  }

  async all(): Promise<Names> {
    const rows = await this.database.read.query<{ id: string; name: string }[]>(
      'SELECT id, name FROM cluster',
    );
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    const ids = new Map(rows.map(({ id, name }) => [name, id]));
    return {
      idOf: (nameOrId) => (names.has(nameOrId) ? nameOrId : (ids.get(nameOrId) ?? null)),
      nameOf: (id) => names.get(id) ?? null,
    };
  }
}
