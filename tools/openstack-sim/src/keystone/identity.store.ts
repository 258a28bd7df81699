import { createHash, randomBytes } from 'node:crypto';
import { type OnChange, Table } from '../store/table.js';

export interface ProjectRow {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
}

export interface UserRow {
  id: string;
  name: string;
  password: string;
  enabled: boolean;
  defaultProjectId: string;
}

/** A role of a user in a project; `id` is made of the two. */
export interface AssignmentRow {
  id: string;
  userId: string;
  projectId: string;
  roles: RoleName[];
}

export interface ApplicationCredentialRow {
  id: string;
  name: string;
  description: string | null;
  userId: string;
  projectId: string;
  secret: string;
  unrestricted: boolean;
  /** Milliseconds since the epoch, or null for never. */
  expiresAt: number | null;
}

export type RoleName = 'admin' | 'member' | 'reader';

export interface TokenRecord {
  token: string;
  methods: string[];
  user: UserRow;
  project: ProjectRow | undefined;
  roles: RoleName[];
  issuedAt: number;
  expiresAt: number;
  auditId: string;
  applicationCredential: ApplicationCredentialRow | undefined;
}

export const DEFAULT_DOMAIN = { id: 'default', name: 'Default' };

/** An id as Keystone makes them: 32 hexadecimal digits. */
export const newKeystoneId = (): string => randomBytes(16).toString('hex');

/** An id that is the same in every run, so that what is kept by the callers stays right after a fresh start. */
export function stableKeystoneId(...parts: string[]): string {
  return createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 32);
}

/** Projects, users, their roles, application credentials, and the tokens that are valid now. */
export class IdentityStore {
  readonly projects: Table<ProjectRow>;
  readonly users: Table<UserRow>;
  readonly assignments: Table<AssignmentRow>;
  readonly applicationCredentials: Table<ApplicationCredentialRow>;
  /** Tokens are not kept over a restart of the simulator. */
  readonly tokens = new Map<string, TokenRecord>();

  constructor(onChange: OnChange) {
    this.projects = new Table('projects', onChange);
    this.users = new Table('users', onChange);
    this.assignments = new Table('assignments', onChange);
    this.applicationCredentials = new Table('application_credentials', onChange);
  }

  rolesOf(userId: string, projectId: string): RoleName[] {
    return this.assignments.get(`${userId}.${projectId}`)?.roles ?? [];
  }

  assign(userId: string, projectId: string, roles: RoleName[]): void {
    this.assignments.add({ id: `${userId}.${projectId}`, userId, projectId, roles });
  }

  projectsOf(userId: string): ProjectRow[] {
    return [...this.projects.values()].filter((project) => this.rolesOf(userId, project.id).length > 0);
  }

  issue(grant: Omit<TokenRecord, 'token' | 'auditId'>): TokenRecord {
    const record = {
      ...grant,
      token: `gAAAAA${randomBytes(48).toString('base64url')}`,
      auditId: randomBytes(16).toString('base64url'),
    };
    this.tokens.set(record.token, record);
    return record;
  }

  /** The token's record while it is valid. */
  valid(token: string, now: number): TokenRecord | undefined {
    const record = this.tokens.get(token);
    if (record && record.expiresAt <= now) this.tokens.delete(token);
    return record && record.expiresAt > now ? record : undefined;
  }

  /** Drops tokens that have run out, so that a long run does not keep them all. */
  purge(now: number): void {
    for (const [token, record] of this.tokens) if (record.expiresAt <= now) this.tokens.delete(token);
  }
}
