import { Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import type { Caller, Role } from '../caller/caller.js';
import { maySee, projectToReadIn } from '../caller/caller.rules.js';
import { ProjectRepository } from '../project/project.repository.js';
import { TokenRepository, type TokenSort } from './token.repository.js';
import type { TokenRow } from './token.row.js';
import { newTokenSecret } from './token.secret.js';

export interface TokenRequest {
  role: Role;
  name: string;
  /** Of a member or reader; an admin has none. */
  projectId?: string | undefined;
  expiresAt?: Date | undefined;
}

export interface MadeToken {
  token: TokenRow;
  secret: string;
}

@Injectable()
export class TokenService {
  constructor(
    private readonly database: Database,
    private readonly tokens: TokenRepository,
    private readonly projects: ProjectRepository,
  ) {}

  /**
   * Makes a token. The secret is in the answer and nowhere else.
   * @throws Fault `project_not_found`, `token_role_project`.
   */
  async create(tx: Transaction, request: TokenRequest): Promise<MadeToken> {
    const projectId = request.projectId ?? null;
    if ((request.role === 'admin') !== (projectId === null)) throw roleAndProject();
    if (projectId !== null) await this.projects.get(tx, projectId);
    const id = newId();
    const { secret, hint, hash } = newTokenSecret();
    const { role, name, expiresAt = null } = request;
    await this.tokens.insert(tx, { id, projectId, role, name, hint, hash, expiresAt });
    const token = await this.tokens.find(tx, id);
    if (!token) throw new Error(`token ${id} vanished right after it was written`);
    return { token, secret };
  }

  async list(caller: Caller, projectId: string | undefined, page: Page<TokenSort>): Promise<TokenRow[]> {
    return this.tokens.list(this.database.read, projectToReadIn(caller, projectId), page);
  }

  /** @throws Fault `token_not_found`; also for a token that the caller may not see. */
  async get(caller: Caller, id: string): Promise<TokenRow> {
    const token = await this.tokens.find(this.database.read, id);
    if (token && maySee(caller, token.project_id)) return token;
    throw new Fault({ code: 'token_not_found', category: 'not_found', detail: `There is no token ${id}.` });
  }

  /** Ends the token within seconds, on all processes; a token that was revoked before stays so. */
  async revoke(caller: Caller, id: string): Promise<TokenRow> {
    await this.get(caller, id);
    await this.tokens.revoke(this.database.read, id);
    return this.get(caller, id);
  }
}

const roleAndProject = (): Fault =>
  new Fault({
    code: 'token_role_project',
    category: 'invalid',
    detail: 'A member or a reader belongs to a project, an admin to none.',
    fields: [{ pointer: '/project_id', detail: 'is required for member and reader and not taken for admin' }],
  });
