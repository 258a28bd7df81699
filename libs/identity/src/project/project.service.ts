import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { ProjectRepository, type ProjectRow, type ProjectSort } from './project.repository.js';

/** Projects, to which everything belongs that members ask for. */
@Injectable()
export class ProjectService {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectRepository,
  ) {}

  /** @throws Fault `project_name_taken`. */
  async create(tx: Transaction, request: { name: string; description: string }): Promise<ProjectRow> {
    const id = newId();
    await this.projects.insert(tx, { id, ...request });
    return this.projects.get(tx, id);
  }

  /** @throws Fault `project_not_found`. */
  async get(id: string): Promise<ProjectRow> {
    return this.projects.get(this.database.read, id);
  }

  async list(name: string | undefined, page: Page<ProjectSort>): Promise<ProjectRow[]> {
    return this.projects.list(this.database.read, name, page);
  }
}
