import { TASK_STATUSES, type TaskStatus } from '@ultron/tasks/task/task.state';
import type { TaskView } from '@ultron/tasks/task/task.types';
import { Bool, Id, Integer, OneOf, Part, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink } from '../http/paging/page.query.js';

const WHO = ['caller', 'operator', 'cluster'] as const;
const WHO_TEXT = 'Who can do something about it.';

export class ResourceRef {
  @Text({ description: 'What it is.', example: 'server' })
  kind!: string;

  @Id({ description: 'Its id.' })
  id!: string;
}

export class FaultBody {
  @Text({
    description: 'A stable name of the fault, explained at `/docs/problems`.',
    example: 'no_valid_host',
  })
  code!: string;

  @Text({ description: 'What sort of fault it is.', example: 'capacity' })
  category!: string;

  @Text({ description: 'One sentence for people.', example: 'cluster-2 has no host with room for m1.large.' })
  detail!: string;

  @Bool({ description: 'Whether the same can succeed later without being changed.', example: true })
  retryable!: boolean;

  @OneOf(WHO, { description: WHO_TEXT, example: 'cluster' })
  who_can_fix!: string;
}

export class TaskProgressBody {
  @OneOf(['steps', 'tasks'], { description: 'What is counted: steps, or the tasks of a batch.' })
  unit!: string;

  @Integer({ description: 'So many are finished.', min: 0, example: 2 })
  done!: number;

  @Integer({ description: 'Of so many; null while it is not known.', min: 0, example: 4, nullable: true })
  total!: number | null;

  @Integer({ description: 'Of a batch: so many succeeded.', min: 0, optional: true, example: 2 })
  succeeded?: number;

  @Integer({
    description: 'Of a batch: so many failed or were cancelled.',
    min: 0,
    optional: true,
    example: 0,
  })
  failed?: number;
}

export class TaskStepBody {
  @Text({ description: 'The name of the step.', example: 'boot' })
  name!: string;

  @OneOf(['running', 'done', 'undone', 'failed'], { description: 'Where it stands.', example: 'done' })
  status!: string;

  @Integer({ description: 'How often it was begun.', min: 0, example: 1 })
  tries!: number;

  @Time({ description: 'When it was first begun.', nullable: true })
  started_at!: string | null;

  @Time({ description: 'When it ended.', nullable: true })
  finished_at!: string | null;

  @Part(() => FaultBody, { description: 'Why it failed.', nullable: true })
  error!: FaultBody | null;
}

export class TaskAttemptBody {
  @Integer({ description: 'The first is 1.', min: 1, example: 1 })
  attempt!: number;

  @Id({ description: 'The cluster it was made in.', nullable: true })
  cluster_id!: string | null;

  @Time({ description: 'When it began.', nullable: true })
  started_at!: string | null;

  @Time({ description: 'When it ended.', nullable: true })
  finished_at!: string | null;

  @Part(() => FaultBody, { description: 'Why it ended; null for the present one.', nullable: true })
  reason!: FaultBody | null;
}

export class WaitBody {
  @Text({ description: 'For people.', example: 'server web-3 to become ACTIVE in cluster-1', max: 1000 })
  what!: string;

  @Time({ description: 'Then the task goes on all the same, to decide.', nullable: true })
  until!: string | null;
}

export class OpenStackRequestBody {
  @Text({ description: 'The service that answered.', example: 'compute' })
  service!: string;

  @Text({
    description: 'The id in the logs of the cluster.',
    example: 'req-4bf92f35-77b3-4da6-a3ce-929d0e0e4736',
  })
  request_id!: string;
}

/** A task as the API shows it. */
export class TaskBody {
  @Id({ description: 'The id of the task.' })
  id!: string;

  @Text({ description: 'What it does.', example: 'server.create' })
  kind!: string;

  @Text({ description: 'The domain whose conductors run it.', example: 'compute' })
  domain!: string;

  @Text({ description: 'The conductors that may run it.', example: 'default' })
  conductor_group!: string;

  @Id({ description: 'The project; null for tasks of the platform.', nullable: true })
  project_id!: string | null;

  @Id({ description: 'The batch it is a part of.', nullable: true })
  parent_id!: string | null;

  @Part(() => ResourceRef, { description: 'What it works on.', nullable: true })
  resource!: ResourceRef | null;

  @OneOf(TASK_STATUSES, {
    description:
      'Where it stands; `succeeded`, `failed` and `cancelled` are final, `stuck` waits for an operator.',
    example: 'waiting',
  })
  status!: TaskStatus;

  @Integer({ description: 'Grows with every visible change.', min: 0, example: 3 })
  version!: number;

  @Bool({ description: 'Whether somebody asked it to stop.', example: false })
  cancel_requested!: boolean;

  @Part(() => TaskProgressBody, { description: 'How far it is.' })
  progress!: TaskProgressBody;

  @Parts(() => TaskStepBody, {
    description: 'The steps of the present attempt, oldest first; null in lists.',
    max: 1000,
    nullable: true,
  })
  steps!: TaskStepBody[] | null;

  @Parts(() => TaskAttemptBody, {
    description: 'The runs of it, oldest first, each with its cluster and why it ended; null in lists.',
    max: 1000,
    nullable: true,
  })
  attempts!: TaskAttemptBody[] | null;

  @Part(() => WaitBody, { description: 'What it waits for now.', nullable: true })
  waiting_for!: WaitBody | null;

  @Time({ description: 'When it tries again by itself.', nullable: true, example: null })
  next_retry_at!: string | null;

  @Part(() => FaultBody, {
    description: 'The fault of the last try, while it is being retried.',
    nullable: true,
  })
  last_fault!: FaultBody | null;

  @Part(() => FaultBody, { description: 'Why it failed.', nullable: true })
  error!: FaultBody | null;

  @OneOf(WHO, { description: WHO_TEXT, nullable: true })
  who_can_fix!: string | null;

  @Parts(() => OpenStackRequestBody, {
    description: 'The request ids that OpenStack gave, newest last; null in lists.',
    max: 50,
    nullable: true,
  })
  openstack_request_ids!: OpenStackRequestBody[] | null;

  @Text({ description: 'For `/v1/traces/{trace_id}`.', example: '4bf92f3577b34da6a3ce929d0e0e4736' })
  trace_id!: string;

  @Time({ description: 'When it was asked for.' })
  created_at!: string;

  @Time({ description: 'When a conductor first took it.', nullable: true })
  started_at!: string | null;

  @Time({ description: 'When it ended.', nullable: true, example: null })
  finished_at!: string | null;

  @Time({ description: 'When it last changed.' })
  updated_at!: string;
}

/** The task in the answer to a mutation. */
export class AcceptedTask {
  @Id({ description: 'The id of the task: ask `/v1/tasks/{id}?wait=30s` how it goes.' })
  id!: string;

  @Text({ description: 'What it does.', example: 'server.create' })
  kind!: string;

  @OneOf(TASK_STATUSES, { description: 'Where it stands.', example: 'queued' })
  status!: TaskStatus;
}

export class TaskList {
  @Parts(() => TaskBody, { description: 'The tasks of this page.', max: 1000 })
  tasks!: TaskBody[];

  @NextLink()
  next!: string | null;
}

export class TaskItemList {
  @Parts(() => TaskBody, {
    description: 'The tasks of the batch, in the order in which they were made.',
    max: 1000,
  })
  items!: TaskBody[];

  @NextLink()
  next!: string | null;
}

export class TaskAccepted {
  @Part(() => TaskBody, { description: 'The task as it is now.' })
  task!: TaskBody;
}

export const acceptedTask = ({ id, kind, status }: TaskView): AcceptedTask => ({ id, kind, status });
