import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MEDDLINGS, type Meddled } from './cluster/cluster.meddling.js';
import { type Simulator, startSimulator } from './simulator.js';
import { SimSession, eventually, first } from './testing/sim-session.js';

let simulator: Simulator;
let session: SimSession;
beforeAll(async () => {
  simulator = await startSimulator({ clusters: [{ name: 'a', release: 'zed' }], seed: 7 });
  simulator.fill('a', 50, 2);
  session = await SimSession.login(first(simulator.clusters));
});
afterAll(() => simulator.close());

const meddle = async (body: object): Promise<Meddled[]> => {
  const url = `${simulator.url}/_sim/clusters/a/meddle`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as Meddled[];
};
const changedSince = async (since: Date): Promise<string[]> => {
  const path = `/v2.1/servers/detail?changes-since=${encodeURIComponent(since.toISOString())}`;
  const { servers } = await session.must<{ servers: { id: string }[] }>('compute', 'GET', path);
  return servers.map(({ id }) => id);
};

describe('others in a cluster', () => {
  it('change what they are told to, each thing once, and it shows', async () => {
    const before = simulator.control.state('a');
    expect(before.servers).toHaveLength(50);
    expect(before.ports).toHaveLength(100);
    const since = new Date();
    const done = await meddle({ what: ['server_renamed', 'server_deleted'], count: 20 });
    expect(new Set(done.map(({ id }) => id)).size).toBe(20);
    const deleted = done.filter(({ what }) => what === 'server_deleted').map(({ id }) => id);
    await Promise.all(deleted.map((id) => session.gone(id)));
    const changed = await changedSince(since);
    expect([...changed].sort()).toEqual(done.map(({ id }) => id).sort());
    const after = simulator.control.state('a');
    expect(after.servers).toHaveLength(40);
    expect(after.ports).toHaveLength(80);
    expect(after.servers.filter(({ name }) => name.startsWith('meddled-'))).toHaveLength(10);
  });

  it('do all that there is to do, unless told what', async () => {
    const done = simulator.control.meddle('a', { count: MEDDLINGS.length });
    expect(done.map(({ what }) => what)).toEqual([...MEDDLINGS]);
    const { ports } = simulator.control.state('a');
    const of = (what: string) => done.find((one) => one.what === what)?.id;
    expect(ports.map(({ id }) => id)).toContain(of('port_created'));
    expect(ports.map(({ id }) => id)).not.toContain(of('port_deleted'));
  });

  it('go on at a steady rate until they are told to stop', async () => {
    await meddle({ what: 'port_renamed', per_second: 200 });
    await eventually(() => Promise.resolve(simulator.control.meddled('a').length > 40 || undefined));
    await meddle({ what: 'port_renamed', per_second: 0 });
    const { length } = simulator.control.meddled('a');
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(simulator.control.meddled('a')).toHaveLength(length);
  });

  it('do nothing that nobody knows of', async () => {
    const url = `${simulator.url}/_sim/clusters/a/meddle`;
    const response = await fetch(url, { method: 'POST', body: '{"what":"server_eaten"}' });
    expect(response.status).toBe(400);
  });
});
