import type { CallOptions } from '../call.js';
import { wasThere } from '../error/gone.js';
import type { ServiceApi } from '../service-api.js';
import { NetworkAgents } from './agents.js';
import { NetworkAvailabilityZones } from './availability-zones.js';
import { Extensions } from './extensions.js';
import { FloatingIps } from './floating-ips.js';
import { ifMatch } from './neutron-collection.js';
import { Networks } from './networks.js';
import { Ports } from './ports.js';
import { QosPolicies } from './qos-policies.js';
import { NetworkQuotas } from './quotas.js';
import { Routers } from './routers.js';
import { SecurityGroups } from './security-groups.js';
import { Subnets } from './subnets.js';

/** A change that was put together beforehand: to be shown, and then to be sent as it was shown. */
export interface NetworkChange {
  method: 'PUT' | 'DELETE';
  /** Below the version of the endpoint: `/ports/{id}`. */
  path: string;
  body: Record<string, unknown> | null;
}

/** Neutron. */
export class NetworkService {
  readonly networks: Networks;
  readonly subnets: Subnets;
  readonly ports: Ports;
  readonly routers: Routers;
  readonly floatingIps: FloatingIps;
  readonly qosPolicies: QosPolicies;
  readonly securityGroups: SecurityGroups;
  readonly extensions: Extensions;
  readonly quotas: NetworkQuotas;
  readonly agents: NetworkAgents;
  readonly availabilityZones: NetworkAvailabilityZones;

  constructor(private readonly api: ServiceApi) {
    this.networks = new Networks(api);
    this.subnets = new Subnets(api);
    this.ports = new Ports(api);
    this.routers = new Routers(api);
    this.floatingIps = new FloatingIps(api);
    this.qosPolicies = new QosPolicies(api);
    this.securityGroups = new SecurityGroups(api);
    this.extensions = new Extensions(api);
    this.quotas = new NetworkQuotas(api);
    this.agents = new NetworkAgents(api);
    this.availabilityZones = new NetworkAvailabilityZones(api);
  }

  /** Whether there was something to change. `ifRevision`: as with `update` of the collections. */
  send({ method, path, body }: NetworkChange, ifRevision?: number, call?: CallOptions): Promise<boolean> {
    const content = body === null ? {} : { body };
    return wasThere(this.api.send({ method, path, ...content, ...ifMatch(ifRevision), call }));
  }
}
