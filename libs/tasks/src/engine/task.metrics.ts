import { metrics } from '@ultron/platform/metrics/metrics';
import { Counter, Gauge, Histogram } from 'prom-client';

const tasksEnded = new Counter({
  name: 'ultron_tasks_ended_total',
  help: 'Tasks that ended, by kind and how.',
  labelNames: ['kind', 'status'],
  registers: [metrics],
});

const taskSeconds = new Histogram({
  name: 'ultron_task_seconds',
  help: 'From the creation of a task to its end.',
  labelNames: ['kind', 'status'],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600],
  registers: [metrics],
});

const stepSeconds = new Histogram({
  name: 'ultron_task_step_seconds',
  help: 'Tries of steps, by kind of task, step and outcome.',
  labelNames: ['kind', 'step', 'outcome'],
  buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  registers: [metrics],
});

export const tasksHeld = new Gauge({
  name: 'ultron_tasks_held',
  help: 'Tasks in the hands of this conductor.',
  registers: [metrics],
});

export const tasksSwept = new Counter({
  name: 'ultron_tasks_swept_total',
  help: 'Due tasks that the sweeper took because nobody had heard of them.',
  registers: [metrics],
});

export const leasesLost = new Counter({
  name: 'ultron_leases_lost_total',
  help: 'Tasks that another conductor took over from this one.',
  registers: [metrics],
});

export function observeTaskEnd(kind: string, status: string, createdAt: Date): void {
  tasksEnded.inc({ kind, status });
  taskSeconds.observe({ kind, status }, Math.max(0, Date.now() - createdAt.getTime()) / 1000);
}

export async function observeStep<T>(kind: string, step: string, work: () => Promise<T>): Promise<T> {
  const stop = stepSeconds.startTimer({ kind, step });
  try {
    const result = await work();
    stop({ outcome: 'ok' });
    return result;
  } catch (error) {
    stop({ outcome: 'fault' });
    throw error;
  }
}
