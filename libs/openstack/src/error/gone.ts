import { OpenStackError } from './openstack-error.js';

/** Whether the error says that there is no such object. */
export function isGone(error: unknown): boolean {
  return error instanceof OpenStackError && error.kind === 'gone';
}

/** The object, or null when the service says that there is none. */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Whether a deletion found something to delete: finding nothing is what it wanted, too. */
export async function wasThere(deletion: Promise<unknown>): Promise<boolean> {
  try {
    await deletion;
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}
