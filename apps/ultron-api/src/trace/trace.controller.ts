import { Controller, Get, Param } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { maySee } from '@ultron/identity/caller/caller.rules';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import { TaskService } from '@ultron/tasks/task/task.service';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { TraceBody, tracedCall, tracedRequest } from './trace.dto.js';

@Controller('v1/traces')
export class TraceController {
  constructor(
    private readonly database: Database,
    private readonly traces: TraceRepository,
    private readonly tasks: TaskService,
  ) {}

  @Get(':trace_id')
  @Operation({
    id: 'getTrace',
    tag: 'Traces',
    summary: 'Follow a request',
    description:
      'The whole way of a request: what was asked of this API, the tasks and steps that followed, and each call to ' +
      'OpenStack with its duration and request id. Members see what belongs to their project.',
    replies: { 200: { shape: TraceBody, description: 'The trace.' } },
    problems: { 404: 'trace_not_found' },
  })
  async get(@CurrentCaller() caller: Caller, @Param('trace_id') traceId: string): Promise<TraceBody> {
    if (!/^[0-9a-f]{32}$/.test(traceId)) throw notFound(traceId);
    const [records, allTasks] = await Promise.all([
      this.traces.find(this.database.read, traceId),
      this.tasks.ofTrace(traceId),
    ]);
    const tasks = allTasks.filter((task) => maySee(caller, task.project_id));
    const seen = new Set(tasks.map(({ id }) => id));
    const requests = records.requests.filter(({ projectId }) => maySee(caller, projectId));
    // A call belongs to whoever the task belongs to that made it.
    const calls = records.calls.filter(
      ({ taskId }) => caller.role === 'admin' || (taskId && seen.has(taskId)),
    );
    if (requests.length + tasks.length + calls.length === 0) throw notFound(traceId);
    return {
      trace_id: traceId,
      requests: requests.map(tracedRequest),
      tasks,
      openstack_calls: calls.map(tracedCall),
    };
  }
}

const notFound = (traceId: string): Fault =>
  new Fault({
    code: 'trace_not_found',
    category: 'not_found',
    detail: `Nothing is known of the trace ${traceId.slice(0, 32)}: reads are kept only if they came with a traceparent.`,
  });
