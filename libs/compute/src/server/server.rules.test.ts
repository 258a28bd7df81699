import { describe, expect, it } from '@jest/globals';
import { Named, type Offer } from '../offer/offer.js';
import {
  metadataProblems,
  renameProblems,
  requestProblems,
  resolve,
  type ServerRequest,
} from './server.rules.js';

const request: ServerRequest = {
  count: 1,
  name: 'web',
  flavor: 'small',
  image: 'cirros',
  network: 'private',
};
const resource = (name: string) => ({ id: `${name}-id`, name, clusters: new Set(['c1']) });
const offer: Offer = {
  flavors: new Named([{ id: 'f1', name: 'small', vcpus: 1, ramMb: 1, diskGb: 1, clusters: new Map() }]),
  images: new Named([resource('cirros')]),
  networks: new Named([resource('private'), resource('public')]),
  securityGroups: new Named([{ id: 'default', name: 'default', clusters: new Set<string>() }]),
  clusters: new Named([]),
};
const pointers = (fields: { pointer: string }[]) => fields.map((field) => field.pointer);

describe('requestProblems', () => {
  it('finds nothing wrong with a plain request', () => {
    expect(requestProblems({ ...request, userData: 'aGVsbG8=', metadata: { role: 'web' } })).toEqual([]);
  });

  it('names every bad field at once', () => {
    const bad = {
      ...request,
      count: 2,
      minCount: 3,
      name: '-',
      userData: 'not base64',
      metadata: { ultron_id: 'x' },
    };
    expect(pointers(requestProblems(bad))).toEqual([
      '/name',
      '/min_count',
      '/user_data',
      '/metadata/ultron_id',
    ]);
  });

  it('takes 64 KiB of user data and not more', () => {
    expect(requestProblems({ ...request, userData: 'A'.repeat(65532) })).toEqual([]);
    expect(pointers(requestProblems({ ...request, userData: 'A'.repeat(65536) }))).toEqual(['/user_data']);
  });
});

describe('metadataProblems', () => {
  it('keeps to what Nova takes', () => {
    expect(pointers(metadataProblems({ 'a/b': 'x', ok: 'v'.repeat(256), 'os-distro': 'x' }))).toEqual([
      '/metadata/a~1b',
      '/metadata/ok',
      '/metadata/os-distro',
    ]);
    expect(
      metadataProblems(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, '']))),
    ).toHaveLength(1);
  });
});

describe('renameProblems', () => {
  it('takes a name, not a template', () => {
    expect(renameProblems('web-2')).toEqual([]);
    expect(renameProblems(undefined)).toEqual([]);
    expect(renameProblems('web-{index}')).toHaveLength(1);
  });
});

describe('resolve', () => {
  it('finds things by name and by id', () => {
    const resolved = resolve({ ...request, securityGroups: ['default'] }, offer);
    expect(resolved).toMatchObject({ flavor: { id: 'f1' }, securityGroups: [{ name: 'default' }] });
  });

  it('says for each unknown name which ones there are', () => {
    const fields = resolve(
      { ...request, flavor: 'smal', image: 'x', securityGroups: ['default', 'nope'] },
      offer,
    );
    expect(fields).toEqual([
      { pointer: '/flavor', detail: "There is no flavor 'smal'; known are: small." },
      { pointer: '/image', detail: "There is no image 'x'; known are: cirros." },
      { pointer: '/security_groups/1', detail: "There is no security group 'nope'; known are: default." },
    ]);
  });
});
