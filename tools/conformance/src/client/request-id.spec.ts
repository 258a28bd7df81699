import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../target/eventually.js';
import type { Target } from '../target/target.js';
import { uniqueName, type CloudInUse } from './cloud-in-use.js';

/** `req-` and the 32 digits of the trace id, written as a UUID. */
export function requestIdOf(traceId: string): string {
  return `req-${traceId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
}

export function requestIdSpec(use: CloudInUse, target: Target): void {
  const { compute, network } = use.cloud;
  describe('the trace id', () => {
    it('becomes the request id under which the cluster itself noted the calls down', async () => {
      const traceId = randomBytes(16).toString('hex');
      const requestId = requestIdOf(traceId);
      const port = await network.ports.create(
        { network_id: await use.networkId(), name: uniqueName('port') },
        { traceId },
      );
      use.later(() => network.ports.delete(port.id));
      await compute.servers.listDetail({}, { traceId }).all();
      expect(
        use.calls.filter((call) => call.traceId === traceId).map((call) => call.globalRequestId),
      ).toContain(requestId);
      for (const service of ['compute', 'network'] as const) {
        const lines = await eventually(
          `${service} notes ${requestId}`,
          async () => {
            const found = await target.noted(use.access, service, requestId);
            return found.length ? found : undefined;
          },
          { seconds: 10 },
        );
        expect(lines.join('\n')).toContain(requestId);
      }
    });

    it('is answered with a request id of the service for every call', async () => {
      await compute.flavors.list().all();
      // Glance gives its version document without one.
      const answered = use.calls.filter((call) => call.status !== undefined && !call.route.endsWith('/'));
      expect(answered.filter((call) => !/^req-[0-9a-f-]{36}$/.test(call.requestId ?? ''))).toEqual([]);
    });
  });
}
