import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort, freePortBase, isPortFree } from './free-port.js';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function occupy(port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

describe('free ports', () => {
  it('lie where no outgoing connection takes them', async () => {
    for (let i = 0; i < 50; i += 1) {
      const port = await freePort();
      expect(port).toBeGreaterThanOrEqual(10_000);
      expect(port).toBeLessThan(32_768);
    }
  });

  it('can be listened on, and are not free any more then', async () => {
    const port = await freePort();
    await occupy(port);
    expect(await isPortFree(port)).toBe(false);
  });

  it('are free at every offset from a base', async () => {
    const base = await freePortBase([0, 3, 10]);
    for (const offset of [0, 3, 10]) await occupy(base + offset);
    expect(servers).toHaveLength(3);
  });
});
