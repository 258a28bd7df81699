import type { CallOptions } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import type { AbsoluteLimitsWire, LimitsResponseWire } from './limits.wire.js';

/** 2.57 takes out the last limits of things that Nova no longer does. */
const KNOWN = '2.57';

/** `/limits` of Nova: the quota of the project and what it uses; -1 is no limit. */
export class Limits {
  constructor(private readonly api: ServiceApi) {}

  /** Of the project that is logged in, or (administrators) of another one. */
  async get(projectId?: string, call?: CallOptions): Promise<AbsoluteLimitsWire> {
    const query = { tenant_id: projectId };
    const answer = await this.api.json<LimitsResponseWire>({
      method: 'GET',
      path: '/limits',
      query,
      knows: KNOWN,
      call,
    });
    return answer.limits.absolute;
  }
}
