import type { CallOptions } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import type { AvailabilityZoneListWire, AvailabilityZoneWire } from './availability-zones.wire.js';

/** `/os-availability-zone` of Nova. */
export class AvailabilityZones {
  constructor(private readonly api: ServiceApi) {}

  async list(call?: CallOptions): Promise<AvailabilityZoneWire[]> {
    const path = '/os-availability-zone';
    return (await this.api.json<AvailabilityZoneListWire>({ method: 'GET', path, call }))
      .availabilityZoneInfo;
  }
}
