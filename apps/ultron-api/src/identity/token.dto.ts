import { ROLES } from '@ultron/identity/caller/caller';
import type { Role } from '@ultron/identity/caller/caller';
import type { TokenRow } from '@ultron/identity/token/token.row';
import { Id, OneOf, Part, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

const ROLE =
  'An admin may do everything; a member everything within its project; a reader only look at its project.';

export class TokenCreateBody {
  @Text({ description: 'For people: who or what uses it.', example: 'deploy pipeline', max: 64 })
  name!: string;

  @OneOf(ROLES, { description: ROLE, example: 'member' })
  role!: Role;

  @Id({ description: 'The project of a member or reader; not taken for an admin.', optional: true })
  project_id?: string;

  @Time({ description: 'From when on it is not valid any more; never, if left out.', optional: true })
  expires_at?: string;
}

export class TokenQuery extends PageQuery {
  @Id({ description: 'Only the tokens of this project.', optional: true })
  project_id?: string;

  @SortBy(['created_at', 'name'])
  sort?: string;
}

export class TokenView {
  @Id({ description: 'The id of the token, which is not secret.' })
  id!: string;

  @Text({ description: 'For people: who or what uses it.', example: 'deploy pipeline' })
  name!: string;

  @OneOf(ROLES, { description: ROLE, example: 'member' })
  role!: Role;

  @Id({ description: 'The project; null for an admin.', nullable: true })
  project_id!: string | null;

  @Text({ description: 'How the secret begins, to tell tokens apart.', example: 'ultron_5f3a9c1e' })
  hint!: string;

  @Time({ description: 'When it was made.' })
  created_at!: string;

  @Time({ description: 'When it was last used, to the minute; null if never.', nullable: true })
  last_used_at!: string | null;

  @Time({ description: 'From when on it is not valid; null for never.', nullable: true, example: null })
  expires_at!: string | null;

  @Time({ description: 'When it was revoked; null while it is not.', nullable: true, example: null })
  revoked_at!: string | null;
}

export class TokenMade {
  @Part(() => TokenView, { description: 'The token.' })
  token!: TokenView;

  @Text({
    description:
      'The secret to send as `Authorization: Bearer`. Shown only in this answer; null when the same ' +
      '`Idempotency-Key` is sent again.',
    example: 'ultron_5f3a9c1e_Zk1…',
    nullable: true,
  })
  secret!: string | null;
}

export class TokenList {
  @Parts(() => TokenView, { description: 'The tokens of this page.', max: 1000 })
  tokens!: TokenView[];

  @NextLink()
  next!: string | null;
}

const time = (date: Date | null): string | null => date?.toISOString() ?? null;

export const tokenView = (row: TokenRow): TokenView => ({
  id: row.id,
  name: row.name,
  role: row.role,
  project_id: row.project_id,
  hint: row.hint,
  created_at: row.created_at.toISOString(),
  last_used_at: time(row.last_used_at),
  expires_at: time(row.expires_at),
  revoked_at: time(row.revoked_at),
});
