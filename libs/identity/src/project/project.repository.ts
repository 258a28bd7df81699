import { Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { isDuplicate } from '@ultron/platform/database/database.errors';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import type { ProjectEntity } from './project.entity.js';

export type ProjectSort = 'created_at' | 'name';

const COLUMNS = 'id, name, description, created_at';
const SORTS: Readonly<Record<ProjectSort, string>> = { created_at: 'id', name: 'name' };

@Injectable()
export class ProjectRepository {
  /** @throws Fault `project_name_taken`. */
  async insert(tx: Transaction, project: Omit<ProjectEntity, 'created_at'>): Promise<void> {
    try {
      await change(
        tx,
        'INSERT INTO project (id, name, description, created_at) VALUES (?, ?, ?, UTC_TIMESTAMP(6))',
        [project.id, project.name, project.description],
      );
    } catch (error) {
      throw isDuplicate(error) ? nameTaken(project.name) : error;
    }
  }

  async find(tx: Transaction, id: string): Promise<ProjectEntity | undefined> {
    const rows = await select<ProjectEntity>(tx, `SELECT ${COLUMNS} FROM project WHERE id = ?`, [id]);
    return rows[0];
  }

  /** @throws Fault `project_not_found`. */
  async get(tx: Transaction, id: string): Promise<ProjectEntity> {
    const project = await this.find(tx, id);
    if (project) return project;
    throw new Fault({
      code: 'project_not_found',
      category: 'not_found',
      detail: `There is no project ${id}.`,
    });
  }

  async list(tx: Transaction, name: string | undefined, page: Page<ProjectSort>): Promise<ProjectEntity[]> {
    const keyset = keysetSql(page, SORTS, 'id');
    const named = name === undefined ? '1' : 'name = ?';
    return await select<ProjectEntity>(
      tx,
      `SELECT ${COLUMNS} FROM project WHERE ${named} AND ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...(name === undefined ? [] : [name]), ...keyset.params, keyset.limit],
    );
  }
}

const nameTaken = (name: string): Fault =>
  new Fault({
    code: 'project_name_taken',
    category: 'conflict',
    detail: `There is a project named ${name} already.`,
    fields: [{ pointer: '/name', detail: 'is taken' }],
  });
