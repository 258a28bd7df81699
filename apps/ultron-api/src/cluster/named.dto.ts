import type { Named } from '@ultron/cluster/named/named.repository';
import { Id, Parts, Text, Time } from '../http/field/field.decorator.js';
import { PageQuery, SortBy } from '../http/paging/page.query.js';

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A name that may stand in the name of a queue and in a URL. */
export const PlainName = (description: string, example: string, optional = false): PropertyDecorator =>
  Text({
    description,
    example,
    max: 63,
    pattern: NAME,
    patternText: 'lower-case letters, digits and dashes, with a letter or digit at both ends',
    optional,
  });

const Description = (example: string, optional: boolean) =>
  Text({ description: 'For people.', example, min: 0, optional });

export class NamedQuery extends PageQuery {
  @SortBy(['created_at', 'name'])
  sort?: string;
}

export class IdcCreateBody {
  @PlainName('Unique among the IDCs.', 'frankfurt-1')
  name!: string;

  @Description('The building at the river', true)
  description?: string;
}

export class IdcBody {
  @Id({ description: 'The id of the IDC.' })
  id!: string;

  @Text({ description: 'Unique among the IDCs.', example: 'frankfurt-1' })
  name!: string;

  @Description('The building at the river', false)
  description!: string;

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class IdcList {
  @Parts(() => IdcBody, { description: 'The IDCs of this page.', max: 1000 })
  idcs!: IdcBody[];

  @Text({ description: 'The address of the next page, or null.', example: null, nullable: true })
  next!: string | null;
}

export class ConductorGroupCreateBody {
  @PlainName('Unique among the groups; conductors are started with it.', 'frankfurt')
  name!: string;

  @Description('Serves the clusters in Frankfurt', true)
  description?: string;
}

export class ConductorGroupBody {
  @Id({ description: 'The id of the group.' })
  id!: string;

  @Text({ description: 'Unique among the groups; conductors are started with it.', example: 'frankfurt' })
  name!: string;

  @Description('Serves the clusters in Frankfurt', false)
  description!: string;

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class ConductorGroupList {
  @Parts(() => ConductorGroupBody, { description: 'The groups of this page.', max: 1000 })
  conductor_groups!: ConductorGroupBody[];

  @Text({ description: 'The address of the next page, or null.', example: null, nullable: true })
  next!: string | null;
}

export const namedView = (row: Named): IdcBody & ConductorGroupBody => ({
  id: row.id,
  name: row.name,
  description: row.description,
  created_at: row.createdAt.toISOString(),
});
