import type { CallOptions } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import type {
  NetworkAvailabilityZoneListWire,
  NetworkAvailabilityZoneWire,
} from './availability-zones.wire.js';

/** `/v2.0/availability_zones` of Neutron (extension `availability_zone`). */
export class NetworkAvailabilityZones {
  constructor(private readonly api: ServiceApi) {}

  async list(call?: CallOptions): Promise<NetworkAvailabilityZoneWire[]> {
    const path = '/availability_zones';
    return (await this.api.json<NetworkAvailabilityZoneListWire>({ method: 'GET', path, call }))
      .availability_zones;
  }
}
