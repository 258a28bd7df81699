import type { ServiceApi } from '../service-api.js';
import { AvailabilityZones } from './availability-zones.js';
import { Flavors } from './flavors.js';
import { Hypervisors } from './hypervisors.js';
import { InstanceActions } from './instance-actions.js';
import { Keypairs } from './keypairs.js';
import { Limits } from './limits.js';
import { Servers } from './servers.js';
import { ComputeServices } from './services.js';

/** Nova. */
export class ComputeService {
  readonly servers: Servers;
  readonly flavors: Flavors;
  readonly keypairs: Keypairs;
  readonly hypervisors: Hypervisors;
  readonly instanceActions: InstanceActions;
  readonly availabilityZones: AvailabilityZones;
  readonly limits: Limits;
  readonly services: ComputeServices;

  constructor(api: ServiceApi) {
    this.servers = new Servers(api);
    this.flavors = new Flavors(api);
    this.keypairs = new Keypairs(api);
    this.hypervisors = new Hypervisors(api);
    this.instanceActions = new InstanceActions(api);
    this.availabilityZones = new AvailabilityZones(api);
    this.limits = new Limits(api);
    this.services = new ComputeServices(api);
  }
}
