import type { CallOptions } from '../call.js';
import { orNull } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import type { PageShape, ServiceApi } from '../service-api.js';
import type { ProjectListWire, ProjectResponseWire, ProjectWire } from './projects.wire.js';

const PAGE: PageShape<ProjectListWire, ProjectWire> = {
  items: (page) => page.projects,
  next: (page) => page.links?.next,
  key: (project) => project.id,
};

/** Projects of Keystone. */
export class Projects {
  constructor(private readonly api: ServiceApi) {}

  /** All projects (administrators). */
  list(filter: { name?: string; domainId?: string } = {}, call?: CallOptions): Listing<ProjectWire> {
    const query = { name: filter.name, domain_id: filter.domainId };
    return this.api.list({ method: 'GET', path: '/projects', query, call }, PAGE);
  }

  /** The projects in which the user who is logged in has a role. */
  listMine(call?: CallOptions): Listing<ProjectWire> {
    return this.api.list({ method: 'GET', path: '/auth/projects', call }, PAGE);
  }

  async get(id: string, call?: CallOptions): Promise<ProjectWire> {
    return (await this.api.json<ProjectResponseWire>({ method: 'GET', path: `/projects/${id}`, call }))
      .project;
  }

  find(id: string, call?: CallOptions): Promise<ProjectWire | null> {
    return orNull(this.get(id, call));
  }
}
