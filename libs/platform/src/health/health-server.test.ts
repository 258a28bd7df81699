import { describe, expect, it } from '@jest/globals';
import { HealthServer } from './health-server.js';

async function get(port: number, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

describe('the health server', () => {
  it('says whether the process can work, and which part cannot', async () => {
    let away = false;
    const checks = {
      database: async () => true,
      cluster: async () => {
        if (away) throw new Error('away');
        return true;
      },
    };
    const server = await HealthServer.listen({ host: '127.0.0.1', port: 0, checks });
    expect((await get(server.port, '/healthz')).status).toBe(200);
    expect((await get(server.port, '/readyz')).status).toBe(200);
    away = true;
    const { status, text } = await get(server.port, '/readyz');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({ status: 'not_ready', parts: { database: true, cluster: false } });
    expect((await get(server.port, '/metrics')).status).toBe(200);
    expect((await get(server.port, '/else')).status).toBe(404);
    await server.close();
  });
});
