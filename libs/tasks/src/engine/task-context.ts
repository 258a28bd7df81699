import { currentContext, runInContext, type RequestContext } from '@ultron/platform/context/request-context';
import { inSpan } from '@ultron/platform/trace/span';
import type { TaskEntity } from '../task/task.entity.js';
import { observeStep } from './task.metrics.js';

/** Runs the work in the trace of the request that asked for the task. */
export async function inTask<T>(task: TaskEntity, work: () => Promise<T>): Promise<T> {
  const attributes = { 'ultron.task_id': task.id, 'ultron.task_epoch': task.epoch };
  return runInContext(contextOf(task), () => inSpan(`task ${task.kind}`, { attributes }, work));
}

/** The same for one step, or an undo, which is also measured. */
export async function inStep<T>(task: TaskEntity, step: string, work: () => Promise<T>): Promise<T> {
  const measured = () => observeStep(task.kind, step, () => inSpan(`${task.kind} ${step}`, {}, work));
  return runInContext(contextOf(task, step), measured);
}

// A step's span stands within the task's, and that within the request's: the last span that was begun is passed on.
function contextOf(task: TaskEntity, step?: string): RequestContext {
  const present = currentContext();
  return {
    traceId: task.trace_id,
    traceparent: present?.taskId === task.id ? present.traceparent : task.traceparent,
    requestId: task.trace_id,
    projectId: task.project_id,
    actor: 'conductor',
    taskId: task.id,
    step,
  };
}
