import type { ObservedObject } from '../kind/observed.js';
import { hashOf } from './observed-hash.rules.js';
import type { ObservedIndex } from './observed-index.js';
import type { ObservedWrite } from './observed.repository.js';

/** An object that is new, or not as it was written last. */
export interface ObservedChange extends ObservedWrite {
  how: 'new' | 'changed';
}

/** What a page asks to be written. Nothing, when nothing happened. */
export interface PageChanges {
  changes: ObservedChange[];
  /** Had been missing and is there as it was. */
  back: ObservedObject[];
  /** Ids of known ones of which the page says that they were deleted; they were not met. */
  deleted: string[];
}

/** Meets every object of a page. The index takes the changes for written: drop it when they could not be. */
export function changesOf(index: ObservedIndex, objects: readonly ObservedObject[]): PageChanges {
  const found: PageChanges = { changes: [], back: [], deleted: [] };
  for (const object of objects) {
    if (object.deleted) {
      if (index.has(object.id)) found.deleted.push(object.id);
    } else if (object.partial && index.has(object.id)) {
      if (index.meet(object.id)) found.back.push(object);
    } else {
      meet(index, object, found);
    }
  }
  return found;
}

function meet(index: ObservedIndex, object: ObservedObject, found: PageChanges): void {
  const hash = hashOf(object);
  const how = index.see(object.id, hash);
  if (how === 'back') found.back.push(object);
  else if (how !== 'same') found.changes.push({ object, hash, how });
}

/** Meets objects of which only the ids were told: which of them had been missing, and which nobody knew. */
export function meetAll(index: ObservedIndex, ids: readonly string[]): { back: string[]; unknown: string[] } {
  const back: string[] = [];
  const unknown: string[] = [];
  for (const id of ids) {
    const wasMissing = index.meet(id);
    if (wasMissing === undefined) unknown.push(id);
    else if (wasMissing) back.push(id);
  }
  return { back, unknown };
}
