import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { requestIdOf } from '../client/request-id.spec.js';
import { eventually } from '../target/eventually.js';
import { CONDUCTOR, type MainJob } from './main-job.js';
import type { TraceBody } from './ultron.wire.js';

export function traceSpec(theJob: () => MainJob): void {
  it('carries one trace id from HTTP through every process into what the cluster itself noted down', async () => {
    const job = theJob();
    const traceId = randomBytes(16).toString('hex');
    const { headers, body } = await job.create(1, {
      traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
    });
    expect(headers.get('traceparent')).toContain(traceId);
    expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded', trace_id: traceId });

    for (const process of ['ultron-api', CONDUCTOR]) {
      expect(
        (await job.ultron.log(process)).split('\n').filter((line) => line.includes(traceId)),
      ).not.toEqual([]);
    }
    const name = body.servers[0]?.cluster.name;
    const cluster = job.target.clusters.find((each) => each.name === name);
    if (!cluster) throw new Error(`The server is in ${name}, which the target does not have.`);
    for (const service of ['compute', 'network'] as const) {
      expect(await job.target.noted(cluster, service, requestIdOf(traceId))).not.toEqual([]);
    }
    const trace = await eventually('the trace shows the calls', async () => {
      const found = await job.ultron.must<TraceBody>('GET', `/v1/traces/${traceId}`);
      return found.openstack_calls.some((call) => call.service === 'compute' && call.method === 'POST')
        ? found
        : undefined;
    });
    expect(trace.requests).toEqual([
      expect.objectContaining({ method: 'POST', path: '/v1/servers', status: 202 }),
    ]);
    expect(trace.openstack_calls.map((call) => call.service)).toEqual(
      expect.arrayContaining(['network', 'compute']),
    );
    for (const call of trace.openstack_calls) expect(call.request_id).toMatch(/^req-/);
  }, 300_000);
}
