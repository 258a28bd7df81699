import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Counters } from './counters.js';

const TEXT = `# HELP ultron_sync_switch_seconds Time
ultron_sync_switch_seconds_bucket{le="0.01"} 2
ultron_sync_switch_seconds_bucket{le="0.02"} 10
ultron_sync_switch_seconds_bucket{le="+Inf"} 10
ultron_sync_switch_seconds_count 10
ultron_sync_writes_refused_total 3
`;

const server = createServer((_, response) => response.end(TEXT));
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/metrics`;
});
afterAll(() => void server.close());

it('what conductors counted is kept after their end, and added up', async () => {
  const counters = new Counters();
  await counters.read('first', url);
  await counters.read('second', url);
  await counters.read('second', 'http://127.0.0.1:1/metrics');
  expect(counters.writesRefused).toBe(6);
  expect(counters.switches).toBe(20);
  expect(counters.switchMs(0.2)).toBeCloseTo(10);
  expect(counters.switchMs(0.6)).toBeCloseTo(15);
});
