import { expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ServerRepository, type NewServer } from './server.repository.js';
import { MAX_USER_DATA } from './server.rules.js';

const server = (userData: string | null): NewServer => ({
  id: newId(),
  projectId: newId(),
  name: 'web',
  flavorId: newId(),
  imageId: newId(),
  preemptible: false,
  networkId: newId(),
  keyPairId: null,
  userData,
  metadata: {},
  securityGroups: [],
  placement: {},
  clusterId: newId(),
  taskId: newId(),
});

/** The rows of each statement. */
async function statementsOf(servers: readonly NewServer[]): Promise<unknown[][]> {
  const statements: unknown[][] = [];
  const query = async (_sql: string, [rows]: [unknown[]]) => void statements.push(rows);
  await new ServerRepository().insertMany({ query } as unknown as Transaction, servers, new Date());
  return statements;
}

it('writes many servers with one statement', async () => {
  const statements = await statementsOf(Array.from({ length: 1_000 }, () => server(null)));
  expect(statements.map((rows) => rows.length)).toEqual([1_000]);
});

it('writes servers with much user data in statements of which the smallest usual packet takes each', async () => {
  const userData = 'A'.repeat(MAX_USER_DATA);
  // Twelve requests for a hundred each may meet in one transaction.
  const statements = await statementsOf(Array.from({ length: 1_200 }, () => server(userData)));
  expect(statements.flat()).toHaveLength(1_200);
  for (const rows of statements) expect(JSON.stringify(rows).length).toBeLessThan(4 * 1024 * 1024);
});
