import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AnyJson,
  Bool,
  Id,
  Integer,
  OneOf,
  Part,
  Parts,
  Text,
  TextMap,
  Texts,
  Time,
} from './field.decorator.js';
import { readShape } from './shape.reader.js';

class Disk {
  @Integer({ description: 'Size.', min: 1, max: 100 })
  size_gb!: number;
}

class Base {
  @Text({ description: 'Name.', max: 8, pattern: /^[a-z]+$/, patternText: 'small letters' })
  name!: string;
}

class Thing extends Base {
  @OneOf(['red', 'blue'], { description: 'Colour.', optional: true })
  colour?: string;
  @Bool({ description: 'Flag.', optional: true })
  flag?: boolean;
  @Id({ description: 'Owner.', nullable: true, optional: true })
  owner?: string | null;
  @Time({ description: 'When.', optional: true })
  at?: string;
  @Texts({ description: 'Tags.', max: 2, optional: true, itemMax: 5 })
  tags?: string[];
  @TextMap({ description: 'Metadata.', maxEntries: 2, maxValue: 4, optional: true })
  metadata?: Record<string, string>;
  @Part(() => Disk, { description: 'Root.', optional: true })
  root?: Disk;
  @Parts(() => Disk, { description: 'More.', max: 2, optional: true })
  disks?: Disk[];
  @AnyJson({ description: 'Hints.', optional: true })
  hints?: object;
}

const faults = (input: unknown) => readShape(Thing, input, 'json').faults;
const pointers = (input: unknown) => faults(input).map(({ pointer }) => pointer);

describe('reading JSON as a shape', () => {
  it('gives instances, nested ones too, and leaves out what was left out', () => {
    const { value, faults } = readShape(
      Thing,
      { name: 'a', root: { size_gb: 1 }, disks: [{ size_gb: 2 }] },
      'json',
    );
    expect(faults).toEqual([]);
    expect(value).toBeInstanceOf(Thing);
    expect(value.root).toBeInstanceOf(Disk);
    expect(value.disks?.[0]).toBeInstanceOf(Disk);
    expect(JSON.parse(JSON.stringify(value))).toEqual({
      name: 'a',
      root: { size_gb: 1 },
      disks: [{ size_gb: 2 }],
    });
  });

  it.each<[string, object, string, string]>([
    ['missing', {}, '/name', 'is required: it must be text of 1 to 8 characters: small letters'],
    ['of another type', { name: 5 }, '/name', 'must be text of 1 to 8 characters: small letters'],
    ['null', { name: null }, '/name', 'must be text of 1 to 8 characters: small letters'],
    ['null though it may be left out', { name: 'a', flag: null }, '/flag', 'must be true or false'],
    ['text for a flag', { name: 'a', flag: 'true' }, '/flag', 'must be true or false'],
    ['no known value', { name: 'a', colour: 'green' }, '/colour', 'must be one of red, blue'],
    ['no id', { name: 'a', owner: 'me' }, '/owner', 'must be an id (a lower-case UUID)'],
    [
      'no time',
      { name: 'a', at: '2026-01-31' },
      '/at',
      'must be a time such as 2026-01-31T12:00:00Z (RFC 3339)',
    ],
    [
      'too many',
      { name: 'a', tags: ['a', 'b', 'c'] },
      '/tags',
      'must be a list of 0 to 2 texts of 1 to 5 characters',
    ],
    [
      'a wrong item',
      { name: 'a', tags: [7] },
      '/tags',
      'must be a list of 0 to 2 texts of 1 to 5 characters',
    ],
    ['a wrong part', { name: 'a', root: 7 }, '/root', 'must be an object'],
    ['a list for a part', { name: 'a', root: [] }, '/root', 'must be an object'],
    [
      'wrong within',
      { name: 'a', root: { size_gb: 0 } },
      '/root/size_gb',
      'must be an integer from 1 to 100',
    ],
    [
      'wrong within a list',
      { name: 'a', disks: [{ size_gb: 1 }, {}] },
      '/disks/1/size_gb',
      'is required: it must be an integer from 1 to 100',
    ],
    [
      'unknown',
      { name: 'a', root: { size_gb: 1, x: 1 } },
      '/root/x',
      'is an unknown field; known here: size_gb',
    ],
    [
      'an unfit map',
      { name: 'a', metadata: { k: 'value' } },
      '/metadata',
      'must be an object of at most 2 texts (keys of 1 to 255, values of at most 4 characters)',
    ],
  ])('says where it is %s and what would be right', (_, input, pointer, detail) => {
    expect(faults(input)).toEqual([{ pointer, detail }]);
  });

  it('takes null only where it may be', () => {
    expect(pointers({ name: 'a', owner: null })).toEqual([]);
  });

  it('says all at once', () => {
    expect(pointers({ a: 1, colour: 1, disks: [{ b: 1 }] }).sort()).toEqual(
      ['/a', '/colour', '/disks/0/b', '/disks/0/size_gb', '/name'].sort(),
    );
  });

  it('refuses what is no object', () => {
    for (const input of [null, [], 'text', 7]) expect(pointers(input)).toEqual(['']);
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        const { faults: found } = readShape(Thing, input, 'json');
        expect(found.every(({ detail }) => detail !== '')).toBe(true);
      }),
    );
  });
});

describe('reading a query string as a shape', () => {
  class Query {
    @Integer({ description: 'Limit.', min: 1, max: 10, optional: true })
    limit = 5;
    @Bool({ description: 'Flag.', optional: true })
    flag?: boolean;
    @Texts({ description: 'Fields.', optional: true })
    fields?: string[];
  }
  const read = (input: object) => readShape(Query, input, 'query');

  it('turns text into values and keeps defaults', () => {
    expect(read({ limit: '7', flag: 'true', fields: 'a,b' })).toEqual({
      value: { limit: 7, flag: true, fields: ['a', 'b'] },
      faults: [],
    });
    expect(read({}).value.limit).toBe(5);
  });

  it.each<[object, string]>([
    [{ limit: '1e1' }, '?limit'],
    [{ limit: ['1', '2'] }, '?limit'],
    [{ flag: 'yes' }, '?flag'],
    [{ fields: '' }, '?fields'],
    [{ other: '1' }, '?other'],
  ])('refuses %j', (input, pointer) => {
    expect(read(input).faults.map((fault) => fault.pointer)).toEqual([pointer]);
  });
});
