import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import type { ProjectEntity } from './project.entity.js';
import { ProjectRepository, type ProjectSort } from './project.repository.js';

/** Projects, to which everything belongs that members ask for. */
@Injectable()
export class ProjectService {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectRepository,
  ) {}

  /** @throws Fault `project_name_taken`. */
  async create(tx: Transaction, request: { name: string; description: string }): Promise<ProjectEntity> {
    const id = newId();
    await this.projects.insert(tx, { id, ...request });
    return this.projects.get(tx, id);
  }

  /** @throws Fault `project_not_found`. */
  async get(id: string): Promise<ProjectEntity> {
    return this.projects.get(this.database.read, id);
  }

  async list(name: string | undefined, page: Page<ProjectSort>): Promise<ProjectEntity[]> {
    return this.projects.list(this.database.read, name, page);
  }
}
