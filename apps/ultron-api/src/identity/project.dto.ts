import type { ProjectEntity } from '@ultron/identity/project/project.entity';
import { Id, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

const NAME = /^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/;

export class ProjectCreateBody {
  @Text({
    description: 'Unique among the projects.',
    example: 'shop',
    max: 64,
    pattern: NAME,
    patternText:
      'lower-case letters, digits, dots, dashes and underscores, with a letter or digit at both ends',
  })
  name!: string;

  @Text({ description: 'For people.', example: 'The web shop', min: 0, optional: true })
  description?: string;
}

export class ProjectQuery extends PageQuery {
  @Text({ description: 'Only the project of this name.', example: 'shop', max: 64, optional: true })
  name?: string;

  @SortBy(['created_at', 'name'])
  sort?: string;
}

export class ProjectView {
  @Id({ description: 'The id of the project.' })
  id!: string;

  @Text({ description: 'Unique among the projects.', example: 'shop' })
  name!: string;

  @Text({ description: 'For people.', example: 'The web shop', min: 0 })
  description!: string;

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class ProjectList {
  @Parts(() => ProjectView, { description: 'The projects of this page.', max: 1000 })
  projects!: ProjectView[];

  @NextLink()
  next!: string | null;
}

export const projectView = (row: ProjectEntity): ProjectView => ({
  id: row.id,
  name: row.name,
  description: row.description,
  created_at: row.created_at.toISOString(),
});
