import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type SimulatedCluster, startSimulator } from './simulator.js';
import { SimSession, first } from './testing/sim-session.js';

describe('the state file', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openstack-sim-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = () =>
    startSimulator({ clusters: [{ name: 'a', release: 'zed' }], stateFile: join(folder, 'state') });
  const session = async (clusters: SimulatedCluster[]) => SimSession.login(first(clusters));

  it('brings back what was there: servers, ports, addresses, keys, room on hosts', async () => {
    const before = await start();
    const asked = await session(before.clusters);
    const id = await asked.createServer({ metadata: { ultron_id: '1' } });
    await asked.reaches(id, 'ACTIVE');
    const gone = await asked.createServer();
    await asked.reaches(gone, 'ACTIVE');
    await asked.must('compute', 'DELETE', `/v2.1/servers/${gone}`);
    await asked.gone(gone);
    const port = await asked.port({ name: 'kept' });
    const state = before.control.state('a');
    await before.close();

    const after = await start();
    expect(after.control.state('a')).toEqual(state);
    const again = await session(after.clusters);
    expect(await again.server(id)).toMatchObject({ status: 'ACTIVE', metadata: { ultron_id: '1' } });
    expect((await again.ask('compute', 'GET', `/v2.1/servers/${gone}`)).status).toBe(404);
    const taken = await again.ask('network', 'POST', '/v2.0/ports', {
      body: { port: { network_id: port.network_id, fixed_ips: port.fixed_ips } },
    });
    expect(taken.status).toBe(409);
    await after.close();
  });

  it('brings back routers, floating IPs, policies, and pools as they were changed', async () => {
    const before = await start();
    const asked = await session(before.clusters);
    const make = async (path: string, one: string, body: object) =>
      (
        await asked.must<Record<string, { id: string }>>('network', 'POST', `/v2.0${path}`, {
          body: { [one]: body },
        })
      )[one]?.id ?? '';
    const external = await asked.networkId('public');
    const network_id = await asked.networkId();
    const router = await make('/routers', 'router', { external_gateway_info: { network_id: external } });
    const { subnets } = await asked.must<{ subnets: { id: string }[] }>(
      'network',
      'GET',
      `/v2.0/subnets?network_id=${network_id}`,
    );
    const subnet = first(subnets).id;
    await asked.must('network', 'PUT', `/v2.0/routers/${router}/add_router_interface`, {
      body: { subnet_id: subnet },
    });
    const pools = [{ start: '10.16.0.50', end: '10.16.0.51' }];
    await asked.must('network', 'PUT', `/v2.0/subnets/${subnet}`, {
      body: { subnet: { allocation_pools: pools } },
    });
    const policy = await make('/qos/policies', 'policy', { name: 'gold' });
    await make(`/qos/policies/${policy}/bandwidth_limit_rules`, 'bandwidth_limit_rule', { max_kbps: 9 });
    const port = await asked.port({ qos_policy_id: policy });
    await make('/floatingips', 'floatingip', { floating_network_id: external, port_id: port.id });
    const look = async (by: SimSession) =>
      Promise.all(
        ['/routers', '/floatingips', '/qos/policies', '/subnets'].map((path) =>
          by.must('network', 'GET', `/v2.0${path}`),
        ),
      );
    const seen = await look(asked);
    await before.close();

    const after = await start();
    const again = await session(after.clusters);
    expect(await look(again)).toEqual(seen);
    expect((await again.port()).fixed_ips[0]?.ip_address).toBe('10.16.0.51');
    const remove = { body: { subnet_id: subnet } };
    const path = `/v2.0/routers/${router}/remove_router_interface`;
    expect((await again.ask('network', 'PUT', path, remove)).body).toMatchObject({
      NeutronError: { type: 'RouterInterfaceInUseByFloatingIP' },
    });
    await after.close();
  });

  it('goes on with what was under way', async () => {
    const before = await startSimulator({
      clusters: [{ name: 'a', release: 'zed', lifecycle: { schedule: 300, spawn: 300 } }],
      stateFile: join(folder, 'state'),
    });
    const id = await (await session(before.clusters)).createServer();
    await before.close();
    const after = await start();
    await (await session(after.clusters)).reaches(id, 'ACTIVE');
    await after.close();
  });

  it('is written anew when most of it is outdated', async () => {
    const before = await start();
    const asked = await session(before.clusters);
    const port = await asked.port();
    for (let i = 0; i < 30; i++) {
      const description = String(i).padEnd(200_000, '.');
      await asked.must('network', 'PUT', `/v2.0/ports/${port.id}`, { body: { port: { description } } });
    }
    // Thirty times 200 kB were written, once that is alive; it is looked at while the simulator runs.
    expect(statSync(join(folder, 'state')).size).toBeLessThan(4_500_000);
    await before.close();
    const after = await start();
    const kept = await (
      await session(after.clusters)
    ).must<{ port: { description: string } }>('network', 'GET', `/v2.0/ports/${port.id}`);
    expect(kept.port.description).toMatch(/^29\./);
    await after.close();
  });

  it('passes over a last line that was cut short', async () => {
    const before = await start();
    const port = await (await session(before.clusters)).port();
    await before.close();
    appendFileSync(join(folder, 'state'), '{"c":"a","t":"ports","i":"half');
    const after = await start();
    expect(after.control.state('a').ports.map((one) => one.id)).toEqual([port.id]);
    await after.close();
  });

  it('loses nothing that was answered when the process is killed; ends quickly when asked to', async () => {
    const run = async () => {
      const main = join(import.meta.dirname, 'main.js');
      const child = spawn(process.execPath, [main, '--clusters', 'a:zed', '--state', join(folder, 'state')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
      const { clusters } = JSON.parse(line) as { clusters: SimulatedCluster[] };
      return { child, session: await SimSession.login(first(clusters)) };
    };
    const one = await run();
    const ports = await Promise.all(
      Array.from({ length: 50 }, (_, i) => one.session.port({ name: `port-${i}` })),
    );
    one.child.kill('SIGKILL');
    await once(one.child, 'exit');
    const two = await run();
    const kept = await two.session.must<{ ports: { id: string }[] }>(
      'network',
      'GET',
      '/v2.0/ports?fields=id',
    );
    expect(kept.ports.map((port) => port.id)).toEqual(ports.map((port) => port.id).sort());
    const began = performance.now();
    two.child.kill('SIGTERM');
    const [code] = (await once(two.child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(performance.now() - began).toBeLessThan(15_000);
  }, 60_000);
});
