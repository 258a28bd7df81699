import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { formatTraceparent, newTraceparent } from '@ultron/platform/context/traceparent';
import { platformEntities } from '@ultron/platform/platform.entities';
import { platformMigrations } from '@ultron/platform/platform.migrations';
import { tasksEntities } from '@ultron/tasks/tasks.entities';
import { tasksMigrations } from '@ultron/tasks/tasks.migrations';
import { openTestWorld, type TestWorld } from '../world/test-world.js';
import { problemsOf, runSagaHarness } from './run-saga-harness.js';
import type { ScenarioRun } from './saga-harness.js';
import type { Scenario } from './scenario.js';
import { ToyCloud, toyRows, toySaga, type Bug, type ToyDeps } from './toy-cloud.fixture.js';

// Some fifty runs of a saga each.
jest.setTimeout(120_000);

interface Snapshot {
  ports: number;
  servers: number;
  rows: number;
}

let world: TestWorld;
beforeAll(async () => {
  world = await openTestWorld({
    entities: [...platformEntities, ...tasksEntities],
    migrations: [...platformMigrations, ...tasksMigrations],
  });
  await world.database.read.query('CREATE TABLE toy_row (owner CHAR(36) PRIMARY KEY, server_id CHAR(36))');
});
afterAll(() => world.close());

function check({ status, after }: ScenarioRun<Snapshot>): void {
  const wanted = status === 'succeeded' ? 1 : 0;
  expect(after).toEqual({ ports: wanted, servers: wanted, rows: wanted });
}

function run(bug: Bug, kinds?: Scenario['kind'][]) {
  const { database } = world;
  return runSagaHarness<ToyDeps, Snapshot>({
    saga: toySaga(bug),
    classify: (error) => new Fault({ code: 'bug', category: 'bug', detail: String(error) }),
    check,
    only: ({ kind }) => kinds === undefined || kinds.includes(kind),
    open: async () => {
      const cloud = new ToyCloud();
      const owner = newId();
      return {
        database,
        deps: () => ({ cloud, database }),
        begin: async () => {
          const trace = newTraceparent();
          return {
            id: newId(),
            kind: 'toy.create',
            domain: 'toy',
            conductorGroup: 'default',
            projectId: null,
            input: { owner },
            traceId: trace.traceId,
            traceparent: formatTraceparent(trace),
          };
        },
        settle: async () => {
          for (const server of cloud.servers.values()) server.status = 'ACTIVE';
        },
        snapshot: async () => ({
          ports: cloud.ports.size,
          servers: cloud.servers.size,
          rows: (await toyRows(database, owner)).length,
        }),
      };
    },
  });
}

describe('the saga harness', () => {
  it('finds nothing in a saga that ensures and undoes', async () => {
    const reports = await run('none');
    expect(problemsOf(reports)).toEqual([]);
    const kinds = new Set(reports.map((report) => report.scenario.kind));
    expect([...kinds].sort()).toEqual([
      'fail',
      'fail_undo',
      'kill',
      'kill_everywhere',
      'plain',
      'repeat',
      'repeat_undo',
      'stuck_undo',
    ]);
    // Port, the wait, server, row, end: dying before and after each of the five commits.
    const forward = reports.filter(({ scenario }) => scenario.kind === 'kill' && !scenario.unwinding);
    expect(forward).toHaveLength(10);
  });

  it('catches a create that does not look first', async () => {
    const problems = problemsOf(await run('blind_create', ['repeat', 'kill']));
    expect(problems).toContainEqual(expect.stringContaining('"port" is done twice'));
    expect(problems).toContainEqual(expect.stringContaining('the process dies before record 1'));
  });

  it('catches an undo that leaks what was made and not recorded', async () => {
    const problems = problemsOf(await run('trusting_undo', ['fail']));
    expect(problems).toContainEqual(expect.stringContaining('"port" meets a final fault after its effect'));
  });

  it('catches a write past the fence', async () => {
    const problems = problemsOf(await run('unfenced_write', ['repeat', 'kill']));
    expect(problems).toContainEqual(expect.stringContaining('"row" is done twice'));
    expect(problems).toContainEqual(expect.stringContaining('the process dies before record 4'));
  });

  it('catches an undo that cannot be repeated', async () => {
    const problems = problemsOf(await run('undo_not_repeatable', ['repeat_undo']));
    expect(problems).toContainEqual(expect.stringContaining('"port" is undone twice'));
  });
});
