import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { TestApi } from './api.fixture.js';

/** Writes tasks as a domain would, which no conductor will run; returns their ids. */
export async function makeTasks(api: TestApi, ...wanted: Partial<NewTask>[]): Promise<string[]> {
  const tasks = wanted.map((task): NewTask => {
    const traceId = task.traceId ?? newId().replaceAll('-', '');
    return {
      id: newId(),
      kind: 'thing.create',
      domain: 'compute',
      conductorGroup: 'nobody',
      projectId: null,
      input: {},
      traceparent: `00-${traceId}-${traceId.slice(0, 16)}-01`,
      ...task,
      traceId,
    };
  });
  const service = api.app.get(TaskService, { strict: false });
  await api.app.get(Database, { strict: false }).transaction((tx) => service.createMany(tx, tasks));
  return tasks.map(({ id }) => id);
}
