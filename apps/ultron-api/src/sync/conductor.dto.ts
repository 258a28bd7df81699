import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';
import { Bool, Id, Integer, OneOf, Parts, Text, Texts, Time } from '../http/field/field.decorator.js';

export class ConductorBody {
  @Id({ description: 'The id of the process; another after each start.' })
  id!: string;

  @Text({ description: 'Its name.', example: 'conductor-1' })
  name!: string;

  @Text({ description: 'Whose clusters it serves.', example: 'default' })
  conductor_group!: string;

  @Texts({ description: 'The domains it runs tasks of.', example: ['compute', 'network'] })
  domains!: string[];

  @Text({ description: 'Where it runs.', example: 'node-7' })
  host!: string;

  @Integer({ description: 'Its process id there.', min: 1, example: 4711 })
  pid!: number;

  @Time({ description: 'When it began.' })
  started_at!: string;

  @Time({ description: 'When it was last heard.' })
  heartbeat_at!: string;

  @Bool({ description: 'Whether it takes no new work because it is about to end.', example: false })
  stopping!: boolean;

  @Bool({ description: 'Whether an operator wants it to take nothing more.', example: false })
  draining!: boolean;

  @Integer({ description: 'The lanes that it keeps in sync.', min: 0, example: 280 })
  lanes!: number;

  @Bool({ description: 'Whether it was heard within the last 15 seconds.', example: true })
  alive!: boolean;
}

export class ConductorQuery extends PageQuery {
  @SortBy(['name'])
  sort?: string;
}

export class ConductorList {
  @Parts(() => ConductorBody, { description: 'The conductors of this page.', max: 1000 })
  conductors!: ConductorBody[];

  @NextLink()
  next!: string | null;
}

export class ConductorActionBody {
  @OneOf(['drain', 'undrain'], {
    description: '`drain`: it takes nothing more and gives its lanes away; `undrain` ends that.',
    example: 'drain',
  })
  action!: 'drain' | 'undrain';
}
