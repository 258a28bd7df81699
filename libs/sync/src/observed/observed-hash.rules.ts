import { hash } from 'node:crypto';
import type { ObservedObject } from '../kind/observed.js';

/**
 * What decides whether an object is written again: all that is kept of it but the time of its last change, which moves
 * also for what nobody here looks at. The fields are hashed in the order in which
 * the kind gives them, so a kind always gives them in the same one. 16 bytes in hex.
 */
export function hashOf(object: ObservedObject): string {
  const { name, projectId, status, parentId, revision, fields } = object;
  const text = JSON.stringify([name, projectId, status, parentId, revision, fields]);
  // Nobody gains by two objects of one hash: what counts is that it is short and fast.
  return hash('sha1', text, 'hex').slice(0, 32);
}
