import type { ServiceApi } from '../service-api.js';
import { Projects } from './projects.js';

/** Keystone, beyond logging in. */
export class IdentityService {
  readonly projects: Projects;

  constructor(api: ServiceApi) {
    this.projects = new Projects(api);
  }
}
