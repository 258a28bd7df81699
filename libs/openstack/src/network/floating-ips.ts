import type { CallOptions, Query } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import type { FloatingIpCreateWire, FloatingIpUpdateWire, FloatingIpWire } from './floating-ips.wire.js';
import { NeutronCollection, type StandardFilter } from './neutron-collection.js';

/** Floating IPs have no names. */
export interface FloatingIpFilter extends Omit<StandardFilter, 'name'> {
  floatingNetworkId?: string;
  floatingIpAddress?: string;
  portId?: readonly string[];
  fixedIpAddress?: string;
  routerId?: string;
  status?: string;
  description?: string;
}

/**
 * `/v2.0/floatingips` of Neutron (extension `router`). A change that does not name the QoS policy takes it away from Zed to
 * 2023.2 (LP 2041609): name it in every change where there is one.
 */
export class FloatingIps extends NeutronCollection<
  FloatingIpWire,
  FloatingIpCreateWire,
  FloatingIpUpdateWire,
  FloatingIpFilter
> {
  constructor(api: ServiceApi) {
    super(api, { path: '/floatingips', one: 'floatingip', many: 'floatingips' });
  }

  protected queryOf(filter: FloatingIpFilter): Query {
    return {
      floating_network_id: filter.floatingNetworkId,
      floating_ip_address: filter.floatingIpAddress,
      port_id: filter.portId,
      fixed_ip_address: filter.fixedIpAddress,
      router_id: filter.routerId,
      status: filter.status,
      description: filter.description,
    };
  }

  /**
   * Leads it to a port, away from where it led before. Without a router between the port's subnet and its network it
   * fails with kind `conflict` and code `ExternalGatewayForFloatingIPNotFound`.
   */
  associate(
    id: string,
    target: { portId: string; fixedIpAddress?: string },
    ifRevision?: number,
    call?: CallOptions,
  ): Promise<FloatingIpWire> {
    const { portId, fixedIpAddress } = target;
    const fixed = fixedIpAddress === undefined ? {} : { fixed_ip_address: fixedIpAddress };
    return this.update(id, { port_id: portId, ...fixed }, ifRevision, call);
  }

  /** Leads it nowhere; it stays with the project. */
  disassociate(id: string, ifRevision?: number, call?: CallOptions): Promise<FloatingIpWire> {
    return this.update(id, { port_id: null }, ifRevision, call);
  }
}
