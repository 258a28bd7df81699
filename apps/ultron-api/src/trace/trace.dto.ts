import type { HttpRequestRecord, OpenStackCallRecord } from '@ultron/platform/trace/trace.types';
import { Id, Integer, Parts, Text, Time } from '../http/field/field.decorator.js';
import { TaskBody } from '../task/task.dto.js';

export class TracedRequest {
  @Text({ description: 'The HTTP method.', example: 'POST' })
  method!: string;

  @Text({ description: 'The path, without the query.', example: '/v1/servers' })
  path!: string;

  @Integer({ description: 'The status that was answered.', example: 202 })
  status!: number;

  @Integer({ description: 'How long it took, in milliseconds.', min: 0, example: 12 })
  duration_ms!: number;

  @Id({ description: 'The project of the caller; null for an admin.', nullable: true })
  project_id!: string | null;

  @Time({ description: 'When it came in.' })
  at!: string;
}

export class TracedCall {
  @Id({ description: 'The task that made the call.', nullable: true })
  task_id!: string | null;

  @Text({ description: 'The step of the task.', nullable: true, example: 'boot' })
  step!: string | null;

  @Id({ description: 'The cluster that was called.', nullable: true })
  cluster_id!: string | null;

  @Text({ description: 'The service of OpenStack.', example: 'compute' })
  service!: string;

  @Text({ description: 'The HTTP method.', example: 'POST' })
  method!: string;

  @Text({ description: 'The path in the service.', example: '/servers' })
  path!: string;

  @Integer({
    description: 'The status that was answered; null without an answer.',
    nullable: true,
    example: 202,
  })
  status!: number | null;

  @Integer({ description: 'How long it took, in milliseconds.', min: 0, example: 340 })
  duration_ms!: number;

  @Integer({ description: 'The size of the answer.', min: 0, example: 412 })
  bytes!: number;

  @Text({
    description: 'The request id that OpenStack gave; its logs can be searched for it.',
    example: 'req-4bf92f35-77b3-4da6-a3ce-929d0e0e4736',
    nullable: true,
  })
  request_id!: string | null;

  @Text({ description: 'Why it failed.', nullable: true, example: null })
  error!: string | null;

  @Time({ description: 'When it was sent.' })
  at!: string;
}

export class TraceBody {
  @Text({ description: 'The id of the trace.', example: '4bf92f3577b34da6a3ce929d0e0e4736' })
  trace_id!: string;

  @Parts(() => TracedRequest, { description: 'The requests to this API, oldest first.', max: 1000 })
  requests!: TracedRequest[];

  @Parts(() => TaskBody, {
    description: 'The tasks that followed, with their steps, oldest first.',
    max: 1000,
  })
  tasks!: TaskBody[];

  @Parts(() => TracedCall, { description: 'Every call to OpenStack, oldest first.', max: 5000 })
  openstack_calls!: TracedCall[];
}

export const tracedRequest = (record: HttpRequestRecord): TracedRequest => ({
  method: record.method,
  path: record.path,
  status: record.status,
  duration_ms: record.durationMs,
  project_id: record.projectId,
  at: record.at.toISOString(),
});

export const tracedCall = (record: OpenStackCallRecord): TracedCall => ({
  task_id: record.taskId ?? null,
  step: record.step ?? null,
  cluster_id: record.clusterId,
  service: record.service,
  method: record.method,
  path: record.path,
  status: record.status ?? null,
  duration_ms: record.durationMs,
  bytes: record.bytes,
  request_id: record.requestId ?? null,
  error: record.error ?? null,
  at: record.at.toISOString(),
});
