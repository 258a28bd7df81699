import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
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

describe('an adoption that failed after its rows were made', () => {
  it('is done when its task is let begin anew', async () => {
    const openstackId = await here.foreignServer('refused');
    await here.found({ kind: 'orphan', openstackId });
    const path = `/servers/${openstackId}/metadata`;
    here.world.simulator.control.addFault({
      ...{ cluster: 'one', method: 'POST', path },
      effect: { kind: 'status', status: 400 },
    });
    const { adoption, task } = await begunAdoption(openstackId);
    expect((await here.world.ended(task.id, 60_000)).status).toBe('failed');
    here.world.simulator.control.clearFaults();
    await here.world.tasks.retry(task.id);
    await here.succeeded(task.id);
    expect(await here.parts.adoptions.get(adoption.id, undefined)).toMatchObject({
      ...{ status: 'adopted', resourceId: adoption.resourceId, fault: null, failures: 0 },
    });
    expect(await metadataOf(openstackId)).toEqual({ ultron_id: adoption.resourceId });
  });
});

describe('a port that hangs on a server', () => {
  const portOn = async (serverId: string) => {
    const [port] = await here.cloud.network.ports.list({ deviceId: [serverId] }).all();
    if (!port) throw new Error('the server has no port');
    return port;
  };

  it('is not adopted without it', async () => {
    const openstackId = await here.foreignServer('with-port');
    const port = await portOn(openstackId);
    await here.round();
    const refused = { code: 'adoptee_attached', message: expect.stringContaining(openstackId) };
    await expect(here.adopt('port', port.id)).rejects.toMatchObject(refused);
    await expect(here.parts.adoptions.plan(here.adoptWish('port', port.id))).rejects.toMatchObject(refused);
  });

  it('is refused also when it was attached since it was seen', async () => {
    const port = await here.foreignPort('attached-since');
    await here.found({ kind: 'orphan', openstackId: port.id });
    await here.cloud.network.ports.update(port.id, { device_id: newId(), device_owner: 'compute:nova' });
    await expect(here.adopt('port', port.id)).rejects.toThrow('adoptee_attached');
  });

  it('stays as it is when its project had it before, also when the server is given up', async () => {
    const port = await here.foreignPort('had-before');
    await here.found({ kind: 'orphan', openstackId: port.id });
    const { resourceId: portId } = await here.adopt('port', port.id);
    const openstackId = await here.foreignServer('comes-later', {}, { port: port.id });
    await here.found({ kind: 'orphan', openstackId });
    const adoption = await here.adopt('server', openstackId);
    expect(adoption.rowsMade).toMatchObject([{ kind: 'server' }, { id: portId, detail: { linked: true } }]);
    expect(await here.world.servers.get(adoption.resourceId, here.world.projectId)).toMatchObject({
      addresses: [{ ip_address: port.address, subnet_id: here.vpc.subnetId }],
    });
    await here.release(adoption);
    expect(await here.net.portService.get(portId, here.world.projectId)).toMatchObject({
      status: 'active',
      serverId: null,
    });
    expect(await here.planned(port.address)).toBe('bound');
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

describe('a rule', () => {
  const page = { limit: 10, sort: 'id', order: 'asc' } as const;
  const of = async (openstackId: string): Promise<Adoption> => {
    const [adoption] = await here.parts.adoptions.list({ openstackId }, page);
    if (!adoption) throw new Error('it was never asked for');
    return adoption;
  };
  const ruleFor = (pattern: string) => ({
    id: newId(),
    name: pattern,
    projectId: here.world.projectId,
    subjectKinds: ['server' as const],
    clusterId: here.clusterId,
    openstackProjectId: null,
    namePattern: pattern,
    metadata: {},
    mark: false,
    enabled: true,
  });
  const ruled = async (pattern: string) => {
    const rule = ruleFor(pattern);
    await here.world.database.transaction((tx) => here.parts.adoptions.addRule(tx, rule, [], here.decider()));
    return rule;
  };
  const inStatus = (openstackId: string, status: string): Promise<Adoption> =>
    eventually(
      async () => {
        await here.round();
        const [adoption] = await here.parts.adoptions.list({ openstackId }, page);
        return adoption;
      },
      (adoption) => adoption?.status === status,
      60_000,
    ).then(() => of(openstackId));

  it('tries what it could not adopt anew after a pause, under the same id', async () => {
    await ruled('stuck-*');
    const openstackId = await here.foreignServer('stuck-1');
    const { compute } = here.world.simulator.control.cluster('one');
    const row = compute.servers.get(openstackId);
    if (!row) throw new Error('the simulator has no such server');
    compute.update(row, { taskState: 'rebooting' });
    const first = await inStatus(openstackId, 'failed');
    expect(first).toMatchObject({ failures: 1, fault: { code: 'adoptee_unsettled' } });
    for (let i = 0; i < 3; i++) await here.round();
    expect(await of(openstackId)).toMatchObject({ id: first.id, taskId: first.taskId, failures: 1 });

    const endPause = 'UPDATE adoption SET ask_after = UTC_TIMESTAMP(6) WHERE id = ?';
    await here.world.database.read.query(endPause, [first.id]);
    const second = await eventually(
      async () => {
        await here.round();
        return of(openstackId);
      },
      ({ failures }) => failures === 2,
    );
    expect(second).toMatchObject({ id: first.id, status: 'failed' });
    expect(second.taskId).not.toBe(first.taskId);
    const pauseOf = ({ askAfter, updatedAt }: Adoption) => (askAfter?.getTime() ?? 0) - updatedAt.getTime();
    expect(pauseOf(second)).toBe(10 * 60_000);

    compute.update(row, { taskState: null });
    expect(await here.adopt('server', openstackId)).toMatchObject({ id: first.id, failures: 0 });
  });

  it('leaves alone what a person gave up, who may adopt it again', async () => {
    const rule = await ruled('kept-*');
    const openstackId = await here.foreignServer('kept-1');
    const adoption = await inStatus(openstackId, 'adopted');
    expect(adoption).toMatchObject({ ruleId: rule.id, adoptedAt: expect.any(Date) });
    await here.release(adoption);
    await here.found({ kind: 'orphan', openstackId, state: 'open' });
    for (let i = 0; i < 3; i++) await here.round();
    expect(await of(openstackId)).toMatchObject({ id: adoption.id, status: 'released' });
    expect(await here.parts.adoptions.matching(ruleFor('kept-*'))).toEqual([]);
    const again = await here.adopt('server', openstackId);
    expect(again).toMatchObject({ id: adoption.id, status: 'adopted', ruleId: null });
    expect(again.resourceId).not.toBe(adoption.resourceId);
  });
});
