import type { ObservedObject } from '../kind/observed.js';
import type { PassJob } from './pass-runner.js';

/** More objects than this are better read by a list than one by one. */
export const MOST_READ_BY_ID = 50;

/** Those of the ids that the cluster has, asked for one by one: each was answered for. */
export async function readById<Context>(
  { kind, context, signal, patience }: Pick<PassJob<Context>, 'kind' | 'context' | 'signal' | 'patience'>,
  ids: Iterable<string>,
): Promise<ObservedObject[]> {
  const found: ObservedObject[] = [];
  for (const id of ids) {
    signal.throwIfAborted();
    const object = await patience.with(kind.find(context, id));
    if (object) found.push(object);
  }
  return found;
}
