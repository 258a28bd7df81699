import type { FloatingIpWire } from '@ultron/openstack/network/floating-ips.wire';
import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import type { RouterWire } from '@ultron/openstack/network/routers.wire';
import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import { type SimSession, first } from './sim-session.js';

/** Asks one cluster's Neutron; a refusal comes out as its status and its name. */
export class Neutron {
  constructor(private readonly session: SimSession) {}

  async ask<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const question = { ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) };
    const reply = await this.session.ask('network', method, `/v2.0${path}`, question);
    if (reply.status < 300) return reply.body as T;
    const error = (reply.body as { NeutronError?: { type: string } }).NeutronError;
    throw new Error(`${reply.status} ${error?.type}`);
  }

  async network(more: object = {}): Promise<NetworkWire> {
    const body = { network: { name: 'n', ...more } };
    return (await this.ask<{ network: NetworkWire }>('POST', '/networks', body)).network;
  }

  async subnet(network: NetworkWire, cidr: string, more: object = {}): Promise<SubnetWire> {
    const subnet = { network_id: network.id, ip_version: 4, cidr, ...more };
    return (await this.ask<{ subnet: SubnetWire }>('POST', '/subnets', { subnet })).subnet;
  }

  async port(network: NetworkWire, more: object = {}): Promise<PortWire> {
    return (
      await this.ask<{ port: PortWire }>('POST', '/ports', { port: { network_id: network.id, ...more } })
    ).port;
  }

  async router(more: object = {}): Promise<RouterWire> {
    return (await this.ask<{ router: RouterWire }>('POST', '/routers', { router: { name: 'r', ...more } }))
      .router;
  }

  async publicId(): Promise<string> {
    const path = '/networks?router:external=True';
    return first((await this.ask<{ networks: NetworkWire[] }>('GET', path)).networks).id;
  }

  async ports(query: string): Promise<PortWire[]> {
    return (await this.ask<{ ports: PortWire[] }>('GET', `/ports?${query}`)).ports;
  }

  async floatingIp(more: object = {}): Promise<FloatingIpWire> {
    const body = { floatingip: { floating_network_id: await this.publicId(), ...more } };
    return (await this.ask<{ floatingip: FloatingIpWire }>('POST', '/floatingips', body)).floatingip;
  }
}
