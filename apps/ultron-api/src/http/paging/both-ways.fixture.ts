import type { TestApi } from '../../testing/api.fixture.js';

/** All items of a list, read one by one in the given order. */
export async function readThrough(
  api: TestApi,
  path: string,
  name: string,
  sort: string,
): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let next: string | null = `${path}${path.includes('?') ? '&' : '?'}limit=1&sort=${sort}`; next;) {
    const { status, body } = await api.ask('GET', next);
    if (status !== 200) throw new Error(`${next} was answered with ${status}`);
    seen.push(...(body[name] as unknown[]));
    next = body['next'] as string | null;
  }
  return seen;
}
