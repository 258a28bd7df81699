import { AddressPlanFixture } from '@ultron/network/address-plan/testing/address-plan.fixture';
import type { Database } from '@ultron/platform/database/database.service';
import { openDatabase } from '@ultron/platform/database/open-database';
import { entities } from '@ultron/schema/entities';
import type { UltronInstance } from '../ultron-instance.js';

/** The rows of an instance, looked at from outside while it runs. */
export class PlanDatabase {
  readonly plan: AddressPlanFixture;

  private constructor(readonly database: Database) {
    this.plan = new AddressPlanFixture(database);
  }

  static async open(ultron: UltronInstance): Promise<PlanDatabase> {
    return new PlanDatabase(await openDatabase({ url: await ultron.databaseUrl(), entities }));
  }

  async query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.database.read.query(sql, [...values])) as Row[];
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
