import type { ApiClient } from '@ultron/dev/start/api-client';

interface TaskAnswer {
  id: string;
  status: string;
  error?: { detail?: string } | null;
}

interface Created {
  servers: { id: string }[];
  task: TaskAnswer;
}

const ENDED = new Set(['succeeded', 'failed', 'cancelled', 'stuck']);

/** Asks Ultron for servers and waits for the task; the milliseconds from the request until all are ACTIVE. */
export async function createBatch(
  api: ApiClient,
  name: string,
  count: number,
  names: { flavor: string; image: string; network: string },
): Promise<{ ms: number; ids: string[] }> {
  const begun = performance.now();
  const { flavor, image, network } = names;
  const created = await api.post<Created>('/v1/servers', { name, count, flavor, image, network });
  await ended(api, created.task.id);
  return { ms: performance.now() - begun, ids: created.servers.map(({ id }) => id) };
}

export async function deleteBatch(api: ApiClient, ids: readonly string[]): Promise<void> {
  const tasks = await Promise.all(ids.map((id) => api.delete<{ task: TaskAnswer }>(`/v1/servers/${id}`)));
  for (const { task } of tasks) await ended(api, task.id);
}

async function ended(api: ApiClient, id: string): Promise<void> {
  for (;;) {
    const task = await api.get<TaskAnswer>(`/v1/tasks/${id}?wait=30s`);
    if (task.status === 'succeeded') return;
    if (ENDED.has(task.status)) throw new Error(`task ${id} ${task.status}: ${task.error?.detail ?? ''}`);
  }
}
