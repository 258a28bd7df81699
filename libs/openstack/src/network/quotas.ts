import type { CallOptions } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import type { NetworkQuotaDetailsWire, NetworkQuotaResponseWire, NetworkQuotaWire } from './quotas.wire.js';

/** `/v2.0/quotas` of Neutron; -1 is no limit. */
export class NetworkQuotas {
  constructor(private readonly api: ServiceApi) {}

  async get(projectId: string, call?: CallOptions): Promise<NetworkQuotaWire> {
    const path = `/quotas/${projectId}`;
    return (await this.api.json<NetworkQuotaResponseWire>({ method: 'GET', path, call })).quota;
  }

  /** Sets the limits that are named (administrators). */
  async update(
    projectId: string,
    limits: Partial<NetworkQuotaWire>,
    call?: CallOptions,
  ): Promise<NetworkQuotaWire> {
    const path = `/quotas/${projectId}`;
    const body = { quota: limits };
    return (await this.api.json<NetworkQuotaResponseWire>({ method: 'PUT', path, body, call })).quota;
  }

  /** Back to what holds for all projects (administrators). */
  async reset(projectId: string, call?: CallOptions): Promise<void> {
    await this.api.send({ method: 'DELETE', path: `/quotas/${projectId}`, call });
  }

  /** The limits with what is used of them; needs the extension `quota_details`. */
  async details(projectId: string, call?: CallOptions): Promise<NetworkQuotaDetailsWire['quota']> {
    const path = `/quotas/${projectId}/details.json`;
    return (await this.api.json<NetworkQuotaDetailsWire>({ method: 'GET', path, call })).quota;
  }
}
