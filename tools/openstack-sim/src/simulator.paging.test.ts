import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Simulator, startSimulator } from './simulator.js';
import { SimSession, first } from './testing/sim-session.js';

interface Page {
  servers: { id: string; name: string }[];
  servers_links?: { rel: string; href: string }[];
}

describe('paging', () => {
  let simulator: Simulator;
  let session: SimSession;
  beforeAll(async () => {
    simulator = await startSimulator({ clusters: [{ name: 'a', release: 'zed' }] });
    simulator.fill('a', 2300);
    session = await SimSession.login(first(simulator.clusters));
  });
  afterAll(() => simulator.close());

  const follow = async (start: string): Promise<Page[]> => {
    const pages: Page[] = [];
    for (let path: string | undefined = start; path !== undefined;) {
      const page: Page = await session.must<Page>('compute', 'GET', path);
      pages.push(page);
      path = page.servers_links?.find((link) => link.rel === 'next')?.href.replace(/^.*\/compute/, '');
    }
    return pages;
  };

  it('shows a thousand servers at once at most, and all of them by following the links', async () => {
    const pages = await follow('/v2.1/servers/detail');
    expect(pages.map((page) => page.servers.length)).toEqual([1000, 1000, 300]);
    expect(new Set(pages.flatMap((page) => page.servers.map((server) => server.id))).size).toBe(2300);
  });

  it('begins with the newest', async () => {
    const { servers } = first(await follow('/v2.1/servers?limit=1000&name=filled-2[0-9]{3}$'));
    expect(first(servers).name).toBe('filled-2300');
  });

  it('keeps filters in the link, and links onward from a page that is full', async () => {
    const pages = await follow('/v2.1/servers?limit=3&name=filled-229[0-9]$');
    expect(pages.map((page) => page.servers.length)).toEqual([3, 3, 3, 1]);
    const full = await follow('/v2.1/servers?limit=5&name=filled-229[0-9]$');
    expect(full.map((page) => page.servers.length)).toEqual([5, 5, 0]);
  });

  it('refuses a marker that it never knew, and a limit that is none', async () => {
    const statuses = ['marker=00000000-0000-0000-0000-000000000000', 'limit=many', 'limit=-1'].map(
      async (query) => (await session.ask('compute', 'GET', `/v2.1/servers?${query}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([400, 400, 400]);
  });

  it('goes on after a marker that was deleted meanwhile', async () => {
    const { servers } = first(await follow('/v2.1/servers?limit=1000'));
    const [, second, third] = servers;
    await session.must('compute', 'DELETE', `/v2.1/servers/${second?.id}`);
    await session.gone(second?.id ?? '');
    const after = await session.must<Page>('compute', 'GET', `/v2.1/servers?marker=${second?.id}&limit=1`);
    expect(first(after.servers).id).toBe(third?.id);
  });

  it('pages ports by id, both ways; a lost marker is 404', async () => {
    const page = (query: string) =>
      session.must<{ ports: { id: string }[] }>('network', 'GET', `/v2.0/ports?fields=id&${query}`);
    const one = await page('limit=10');
    const two = await page(`limit=10&marker=${one.ports.at(-1)?.id}`);
    const ids = [...one.ports, ...two.ports].map((port) => port.id);
    expect(ids).toEqual(ids.toSorted());
    const back = await page(`limit=10&marker=${two.ports[0]?.id}&page_reverse=True`);
    expect(back.ports).toEqual(one.ports);
    const lost = await session.ask(
      'network',
      'GET',
      '/v2.0/ports?limit=1&marker=00000000-0000-0000-0000-000000000000',
    );
    expect(lost.status).toBe(404);
  });

  it('finds many ports by repeated filters', async () => {
    const { ports } = await session.must<{ ports: { id: string; device_id: string }[] }>(
      'network',
      'GET',
      '/v2.0/ports?limit=3',
    );
    const query = ports.map((port) => `id=${port.id}`).join('&');
    const found = await session.must<{ ports: { id: string }[] }>('network', 'GET', `/v2.0/ports?${query}`);
    expect(found.ports.map((port) => port.id)).toEqual(ports.map((port) => port.id));
    const byDevice = await session.must<{ ports: { id: string }[] }>(
      'network',
      'GET',
      `/v2.0/ports?device_id=${ports[0]?.device_id}`,
    );
    expect(byDevice.ports.map((port) => port.id)).toEqual([ports[0]?.id]);
  });
});
