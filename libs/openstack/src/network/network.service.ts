import type { ServiceApi } from '../service-api.js';
import { Extensions } from './extensions.js';
import { Networks } from './networks.js';
import { Ports } from './ports.js';
import { NetworkQuotas } from './quotas.js';
import { SecurityGroups } from './security-groups.js';
import { Subnets } from './subnets.js';

/** Neutron. */
export class NetworkService {
  readonly networks: Networks;
  readonly subnets: Subnets;
  readonly ports: Ports;
  readonly securityGroups: SecurityGroups;
  readonly extensions: Extensions;
  readonly quotas: NetworkQuotas;

  constructor(api: ServiceApi) {
    this.networks = new Networks(api);
    this.subnets = new Subnets(api);
    this.ports = new Ports(api);
    this.securityGroups = new SecurityGroups(api);
    this.extensions = new Extensions(api);
    this.quotas = new NetworkQuotas(api);
  }
}
