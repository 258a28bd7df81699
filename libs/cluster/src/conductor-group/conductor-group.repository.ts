import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import { NamedRepository } from '../named/named.repository.js';

@Injectable()
export class ConductorGroupRepository extends NamedRepository {
  constructor() {
    super('conductor_group', 'a conductor group');
  }

  async names(tx: Transaction): Promise<string[]> {
    const rows = await tx.query<{ name: string }[]>('SELECT name FROM conductor_group ORDER BY name');
    return rows.map(({ name }) => name);
  }
}
