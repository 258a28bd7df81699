import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Adoption } from '@ultron/reconcile/adoption/adoption.entity';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { eventually } from '@ultron/testing/world/eventually';
import { GRACE_MS, ReconcileWorld } from './reconcile-world.fixture.js';

jest.setTimeout(180_000);

let here: ReconcileWorld;
beforeAll(async () => {
  here = await ReconcileWorld.open({ name: 'one', release: '2025.1' });
}, 300_000);
afterEach(() => here.world.simulator.control.clearFaults());
afterAll(() => here.close());

const metadataOf = async (openstackId: string): Promise<unknown> => {
  const server = await here.cloud.compute.servers.find(openstackId);
  return server && 'metadata' in server ? server.metadata : null;
};

/** Requests about the metadata of the server fail from now on: with their effect, or without. */
const failing = (method: string, openstackId: string, effect: 'drop-answer' | 'refuse') =>
  here.world.simulator.control.addFault({
    cluster: 'one',
    method,
    path: `/servers/${openstackId}/metadata`,
    effect: effect === 'refuse' ? { kind: 'status', status: 503 } : { kind: 'drop-answer' },
  });

type Begun = { adoption: Adoption; task: NewTask };

const begun = async (work: (tx: Transaction) => Promise<Begun>): Promise<Begun> => {
  const result = await here.world.database.transaction(work);
  here.world.tasks.ring([result.task]);
  return result;
};

const begunAdoption = (openstackId: string): Promise<Begun> =>
  begun((tx) => here.parts.adoptions.adopt(tx, here.adoptWish('server', openstackId, true), here.decider()));
const begunRelease = ({ id }: Adoption): Promise<Begun> =>
  begun((tx) => here.parts.adoptions.release(tx, id, here.decider()));

const rounds = async (): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 2 * GRACE_MS + 3_000));
  for (let i = 0; i < 3; i++) await here.round();
};

describe('an adoption that is cancelled after the server was marked', () => {
  it('leaves the server as it was, and nothing proposes to delete it', async () => {
    const openstackId = await here.foreignServer('hesitated', { team: 'shop' });
    await here.found({ kind: 'orphan', openstackId });
    failing('POST', openstackId, 'drop-answer');
    const { adoption, task } = await begunAdoption(openstackId);
    await eventually(
      () => metadataOf(openstackId),
      (metadata) => Object.hasOwn(metadata as object, 'ultron_id'),
    );
    const ring = await here.world.database.transaction((tx) => here.world.tasks.requestCancel(tx, task.id));
    here.world.tasks.ring(ring);
    expect((await here.world.ended(task.id, 60_000)).status).toBe('cancelled');
    expect(await metadataOf(openstackId)).toEqual({ team: 'shop' });
    expect((await here.parts.adoptions.get(adoption.id, undefined)).status).toBe('failed');
    await rounds();
    const open = await here.findings({ openstackId, state: 'open' });
    expect(open.map(({ kind, proposal }) => [kind, proposal?.action])).toEqual([['orphan', 'adopt']]);
    here.world.simulator.control.clearFaults();
    expect((await here.adopt('server', openstackId, true)).status).toBe('adopted');
  });
});

describe('a release', () => {
  const adopted = async (name: string): Promise<Adoption> => {
    const openstackId = await here.foreignServer(name);
    await here.found({ kind: 'orphan', openstackId });
    return here.adopt('server', openstackId, true);
  };
  const renamed = (id: string, name: string) =>
    here.world.change((tx, origin) => here.world.servers.update(tx, id, { name }, origin, () => undefined));

  it('waits for nobody: while a task is at work on the server it is refused', async () => {
    const adoption = await adopted('busy');
    failing('PUT', adoption.openstackId, 'refuse');
    const { taskId } = await renamed(adoption.resourceId, 'busier');
    await expect(begunRelease(adoption)).rejects.toMatchObject({ code: 'adoption_subject_busy' });
    here.world.simulator.control.clearFaults();
    await here.succeeded(taskId);
    await here.release(adoption);
    expect(await metadataOf(adoption.openstackId)).toEqual({});
  });

  it('gives way to what is asked of the server meanwhile, and the mark stays', async () => {
    const adoption = await adopted('changed');
    failing('DELETE', adoption.openstackId, 'refuse');
    const { task } = await begunRelease(adoption);
    const { taskId } = await renamed(adoption.resourceId, 'changed-meanwhile');
    await here.succeeded(taskId);
    here.world.simulator.control.clearFaults();
    const ended = await here.world.ended(task.id, 60_000);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'adoption_subject_busy' } });
    expect(await metadataOf(adoption.openstackId)).toEqual({ ultron_id: adoption.resourceId });
    expect(await here.parts.adoptions.get(adoption.id, undefined)).toMatchObject({
      status: 'adopted',
      fault: { code: 'adoption_subject_busy' },
    });
    await rounds();
    expect(await here.findings({ openstackId: adoption.openstackId, state: 'open' })).toEqual([]);
  });
});
