import type { ServiceApi } from '../service-api.js';
import { ResourceProviders } from './resource-providers.js';

/** Placement. */
export class PlacementService {
  readonly resourceProviders: ResourceProviders;

  constructor(api: ServiceApi) {
    this.resourceProviders = new ResourceProviders(api);
  }
}
