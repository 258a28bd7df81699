import type { CallOptions, Query } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import { NeutronCollection, type StandardFilter } from './neutron-collection.js';
import type { PortCreateWire, PortUpdateRequestWire, PortWire } from './ports.wire.js';

/** Exact-match filters of `GET /v2.0/ports`. */
export interface PortFilter extends StandardFilter {
  deviceId?: readonly string[];
  networkId?: string | readonly string[];
  /** See `device-owners.ts`. */
  deviceOwner?: string | readonly string[];
  status?: string;
  macAddress?: readonly string[];
  /** Ports with an address of this subnet. */
  subnetId?: string;
  /** Ports with this address; with `subnetId`, of that subnet. */
  ipAddress?: string;
}

/** `/v2.0/ports` of Neutron. Bulk creation needs a plugin that has it; all of the core plugins in use do. */
export class Ports extends NeutronCollection<
  PortWire,
  PortCreateWire,
  PortUpdateRequestWire['port'],
  PortFilter
> {
  constructor(api: ServiceApi) {
    super(api, { path: '/ports', one: 'port', many: 'ports' });
  }

  protected queryOf(filter: PortFilter): Query {
    return {
      device_id: filter.deviceId,
      network_id: filter.networkId,
      device_owner: filter.deviceOwner,
      status: filter.status,
      mac_address: filter.macAddress,
      fixed_ips: fixedIpsOf(filter),
    };
  }

  /** Adds one tag; the same as `tags.add`. */
  addTag(id: string, tag: string, call?: CallOptions): Promise<void> {
    return this.tags.add(id, tag, call);
  }
}

function fixedIpsOf({ subnetId, ipAddress }: PortFilter): string[] | undefined {
  const wanted = [
    ...(subnetId === undefined ? [] : [`subnet_id=${subnetId}`]),
    ...(ipAddress === undefined ? [] : [`ip_address=${ipAddress}`]),
  ];
  return wanted.length ? wanted : undefined;
}
