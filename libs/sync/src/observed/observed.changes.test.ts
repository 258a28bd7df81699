import { describe, expect, it } from '@jest/globals';
import type { ObservedObject } from '../kind/observed.js';
import { hashOf } from './observed-hash.rules.js';
import { ObservedIndex } from './observed-index.js';
import { changesOf, meetAll } from './observed.changes.js';

const server = (id: string, more: Partial<ObservedObject> = {}): ObservedObject => ({
  id,
  name: id,
  projectId: 'p',
  status: 'ACTIVE',
  parentId: null,
  revision: null,
  updatedAt: new Date(),
  fields: { host: 'h1' },
  ...more,
});

function indexOf(objects: readonly ObservedObject[], missing: readonly string[] = []): ObservedIndex {
  const index = new ObservedIndex();
  for (const object of objects) index.load(object.id, hashOf(object), missing.includes(object.id));
  return index;
}

describe('the changes of a page', () => {
  it('are none when all is as it was, whatever the cluster says of the time', () => {
    const index = indexOf([server('a'), server('b')]);
    const later = server('b', { updatedAt: new Date(0) });
    expect(changesOf(index, [server('a'), later])).toEqual({ changes: [], back: [], deleted: [] });
    expect([...index.unseen()]).toEqual([]);
  });

  it('are the new and the changed, once, however often a listing shows them', () => {
    const index = indexOf([server('a'), server('b')]);
    const page = [server('a'), server('b', { status: 'ERROR' }), server('c')];
    const { changes } = changesOf(index, [...page, ...page]);
    expect(changes.map(({ object, how }) => [object.id, how])).toEqual([
      ['b', 'changed'],
      ['c', 'new'],
    ]);
  });

  it('are what is back', () => {
    const index = indexOf([server('a'), server('b')], ['a']);
    expect(changesOf(index, [server('a')]).back.map(({ id }) => id)).toEqual(['a']);
    expect([...index.unseen()]).toEqual([{ id: 'b', missing: false }]);
  });

  it('leave what is known of an object whose cell does not answer as it is, and show one that nobody knew', () => {
    const index = indexOf([server('a')]);
    const dark = (id: string) => server(id, { name: null, status: 'UNKNOWN', fields: {}, partial: true });
    const { changes } = changesOf(index, [dark('a'), dark('b')]);
    expect(changes.map(({ object }) => object.id)).toEqual(['b']);
    expect([...index.unseen()]).toEqual([]);
  });

  it('do not take for met what the listing says was deleted', () => {
    const index = indexOf([server('a')]);
    const gone = (id: string) => server(id, { status: 'DELETED', deleted: true });
    expect(changesOf(index, [gone('a'), gone('never-known')]).deleted).toEqual(['a']);
    expect([...index.unseen()].map(({ id }) => id)).toEqual(['a']);
  });

  it('know from ids alone what is there, what is back and what nobody knew', () => {
    const index = indexOf([server('a'), server('b'), server('c')], ['b']);
    expect(meetAll(index, ['a', 'b', 'd'])).toEqual({ back: ['b'], unknown: ['d'] });
    expect([...index.unseen()].map(({ id }) => id)).toEqual(['c']);
  });
});
