import { expect, it } from '@jest/globals';
import { eventually } from '../target/eventually.js';
import { expectExactly } from './exactly.js';
import type { MainJob } from './main-job.js';
import type { AcceptedOne, ServerBody } from './ultron.wire.js';

export function lifeSpec(theJob: () => MainJob): void {
  const reaches = (id: string, status: string) =>
    eventually(`server ${id} is ${status}`, async () => {
      const server = await theJob().ultron.must<ServerBody>('GET', `/v1/servers/${id}`);
      return server.status === status ? server : undefined;
    });

  it('makes many servers in one call, spread over the clusters', async () => {
    const job = theJob();
    const { headers, body } = await job.create(job.batch);
    expect(headers.get('operation-location')).toBe(`/v1/tasks/${body.task.id}`);
    expect(body.servers).toHaveLength(job.batch);
    expect(await job.ended(body.task.id)).toMatchObject({
      status: 'succeeded',
      progress: { succeeded: job.batch, failed: 0 },
    });
    await expectExactly(job, job.batch);
    const used = new Set((await job.servers()).map((server) => server.cluster.name));
    expect([...used].sort()).toEqual(job.target.clusters.map((cluster) => cluster.name).sort());
  }, 700_000);

  it('stops, starts and reboots a server, and refuses what does not fit its state', async () => {
    const job = theJob();
    const { body } = await job.create(1);
    const id = body.servers[0]?.id ?? '';
    await reaches(id, 'active');
    const act = (action: object) => job.ultron.call<AcceptedOne>('POST', `/v1/servers/${id}/actions`, action);
    expect(await act({ action: 'start' })).toMatchObject({ status: 409, body: { category: 'conflict' } });
    expect((await act({ action: 'stop' })).status).toBe(202);
    await reaches(id, 'stopped');
    expect((await job.watch.owned()).servers.map((server) => server.status)).toEqual(['SHUTOFF']);
    expect((await act({ action: 'start' })).status).toBe(202);
    await reaches(id, 'active');
    expect((await act({ action: 'reboot', type: 'hard' })).status).toBe(202);
    await reaches(id, 'active');
    await expectExactly(job, 1);
  }, 300_000);

  it('renames a server and sets its metadata in the cluster too', async () => {
    const job = theJob();
    const { body } = await job.create(1);
    const id = body.servers[0]?.id ?? '';
    await reaches(id, 'active');
    await job.ultron.must('PATCH', `/v1/servers/${id}`, { name: 'renamed', metadata: { colour: 'red' } });
    await eventually('the cluster shows the new name', async () => {
      const [server] = (await job.watch.owned()).servers;
      return server?.name === 'renamed' && server.metadata['colour'] === 'red' ? true : undefined;
    });
  }, 300_000);

  it('leaves nothing behind, also of servers that are deleted while they are made', async () => {
    const job = theJob();
    const { body } = await job.create(4);
    const [first, second] = body.servers;
    await job.ultron.must('DELETE', `/v1/servers/${first?.id}`);
    await job.ultron.must('DELETE', `/v1/servers/${first?.id}`);
    await job.progressed(body.task.id, 0.5);
    await job.ultron.must('DELETE', `/v1/servers/${second?.id}`);
    await job.deleteAll();
    expect(await job.watch.owned()).toEqual({ servers: [], ports: [] });
  }, 300_000);
}
