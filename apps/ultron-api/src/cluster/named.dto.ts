import type { GroupState } from '@ultron/cluster/conductor-group/group-alarms';
import type { Named } from '@ultron/cluster/named/named.repository';
import { Id, Integer, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

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

  @NextLink()
  next!: string | null;
}

export class ConductorGroupCreateBody {
  @PlainName('Unique among the groups; conductors are started with it.', 'frankfurt')
  name!: string;

  @Description('Serves the clusters in Frankfurt', true)
  description?: string;
}

export class GroupClusterBody {
  @Id({ description: 'The id of the cluster.' })
  id!: string;

  @Text({ description: 'Its name.', example: 'fra-1' })
  name!: string;
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

  @Parts(() => GroupClusterBody, { description: 'The clusters that it serves.', max: 10_000 })
  clusters!: GroupClusterBody[];

  @Integer({ description: 'Conductors of the group that live.', min: 0, example: 3 })
  conductors!: number;

  @Integer({ description: 'Of those: being drained or about to end.', min: 0, example: 0 })
  conductors_leaving!: number;

  @Integer({
    description: 'What it keeps in sync: a lane for each kind of thing in each cluster.',
    min: 0,
    example: 560,
  })
  lanes!: number;

  @Integer({ description: 'Lanes that no living conductor has.', min: 0, example: 0 })
  lanes_unowned!: number;

  @Integer({ description: 'Tasks that have been due for more than five seconds.', min: 0, example: 0 })
  tasks_waiting!: number;

  @Text({
    description: 'What is wrong with the group; null when nothing is.',
    nullable: true,
    max: 500,
    example: null,
  })
  alarm!: string | null;
}

export class ConductorGroupList {
  @Parts(() => ConductorGroupBody, { description: 'The groups of this page.', max: 1000 })
  conductor_groups!: ConductorGroupBody[];

  @NextLink()
  next!: string | null;
}

export const namedView = (row: Named): IdcBody => ({
  id: row.id,
  name: row.name,
  description: row.description,
  created_at: row.createdAt.toISOString(),
});

/** @param state Undefined for a group that was just made. */
export const groupView = (row: Named, state: GroupState | undefined): ConductorGroupBody => ({
  ...namedView(row),
  clusters: state?.clusters ?? [],
  conductors: state?.living ?? 0,
  conductors_leaving: state?.leaving ?? 0,
  lanes: state?.lanes ?? 0,
  lanes_unowned: state?.unowned ?? 0,
  tasks_waiting: state?.tasksWaiting ?? 0,
  alarm: state?.alarm ?? null,
});
