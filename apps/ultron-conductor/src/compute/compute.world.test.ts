import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';

let world: ComputeWorld;
beforeAll(async () => {
  world = await openComputeWorld([
    { name: 'a', release: 'queens' },
    { name: 'b', release: 'zed' },
    { name: 'c', release: '2025.1' },
  ]);
  await world.conduct();
}, 300_000);
afterAll(() => world.close());

describe('servers in their clusters', () => {
  it('makes one', async () => {
    const { servers, task } = await world.create();
    const ended = await world.ended(task.id, 20_000);
    expect(ended).toMatchObject({ status: 'succeeded', error: null });
    const server = await world.servers.get(servers[0]?.id ?? '', world.projectId);
    expect(server).toMatchObject({ status: 'active', observed: { status: 'ACTIVE' } });
    expect(server.addresses).toHaveLength(1);
  }, 60_000);
});
