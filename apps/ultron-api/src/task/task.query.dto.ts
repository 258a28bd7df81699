import { TASK_STATUSES, type TaskStatus } from '@ultron/tasks/task/task.state';
import { Bool, Id, Integer, OneOf, Text, Time } from '../http/field/field.decorator.js';
import { PageQuery, SortBy } from '../http/paging/page.query.js';

export class TaskQuery extends PageQuery {
  @Id({ description: 'Only the tasks of this project.', optional: true })
  project_id?: string;

  @OneOf(TASK_STATUSES, { description: 'Only tasks in this status.', example: 'stuck', optional: true })
  status?: TaskStatus;

  @Text({ description: 'Only tasks of this kind.', example: 'server.create', max: 64, optional: true })
  kind?: string;

  @Text({
    description: 'Only tasks that work on this resource: its kind, a colon and its id.',
    example: 'server:01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b',
    pattern: /^[a-z_]{1,32}:[0-9a-f-]{36}$/,
    patternText: 'kind:id, such as server:01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b',
    optional: true,
  })
  resource?: string;

  @Id({ description: 'Only the tasks of this batch.', optional: true })
  parent_id?: string;

  @Bool({ description: '`true`: only tasks that are no part of a batch.', example: true, optional: true })
  top_level?: boolean;

  @Time({ description: 'Only tasks asked for after this time.', optional: true })
  created_after?: string;

  @Time({ description: 'Only tasks asked for before this time.', optional: true })
  created_before?: string;

  @SortBy(['created_at'])
  sort?: string;
}

export class TaskItemsQuery extends PageQuery {
  @OneOf(TASK_STATUSES, { description: 'Only items in this status.', example: 'failed', optional: true })
  status?: TaskStatus;

  @SortBy(['created_at'])
  sort?: string;
}

export class TaskWaitQuery {
  @Text({
    description:
      'Answers when the task has ended, or after so long, whichever comes first: up to `60s`. With `version`, ' +
      'answers as soon as the task has another version.',
    example: '30s',
    pattern: /^([1-9]|[1-5]\d|60)s$/,
    patternText: 'seconds from 1s to 60s',
    max: 3,
    optional: true,
  })
  wait?: string;

  @Integer({
    description: 'With `wait`: the version that the caller knows.',
    min: 0,
    optional: true,
    example: 3,
  })
  version?: number;
}

export class AbandonBody {
  @Text({ description: 'Why, for those who come after.', example: 'Port removed by hand', optional: true })
  note?: string;
}
