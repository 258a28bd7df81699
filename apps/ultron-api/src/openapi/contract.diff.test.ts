import { describe, expect, it } from '@jest/globals';
import { breakingChanges } from './contract.diff.js';

interface Change {
  body?: object;
  answer?: object;
  parameters?: object[];
  more?: object;
  status?: string;
}

const REQUEST = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 64 }, role: { type: 'string', enum: ['a', 'b'] } },
  required: ['name'],
};
const RESPONSE = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    part: { oneOf: [{ $ref: '#/components/schemas/Part' }, { type: 'null' }] },
  },
  required: ['id', 'part'],
};

const document = ({
  body = REQUEST,
  answer = RESPONSE,
  parameters = [],
  more = {},
  status = '201',
}: Change = {}) => ({
  paths: {
    '/v1/things': {
      post: {
        operationId: 'createThing',
        parameters,
        requestBody: { required: true, content: { 'application/json': { schema: body } } },
        responses: {
          [status]: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          409: {},
        },
        ...more,
      },
    },
  },
  components: {
    schemas: { Thing: answer, Part: { type: 'object', properties: { size: { type: 'integer' } } } },
  },
});

const changed = (change: Change, from: Change = {}): string[] =>
  breakingChanges(document(from), document(change));
const inBody = (properties: object, required = ['name']) => ({ body: { ...REQUEST, properties, required } });
const { name, role } = REQUEST.properties;

describe('breaking changes of the contract', () => {
  it('are none when nothing changed, or only something was added', () => {
    expect(changed({})).toEqual([]);
    expect(changed(inBody({ name, role, more: { type: 'string' } }))).toEqual([]);
    expect(changed(inBody({ name, role: { type: 'string', enum: ['a', 'b', 'c'] } }))).toEqual([]);
    expect(changed(inBody({ name: { type: 'string', maxLength: 128 }, role }, []))).toEqual([]);
    expect(changed({ parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }] })).toEqual([]);
  });

  it.each<[string, Change, Change, string]>([
    ['a removed field of the body', inBody({ name }), {}, 'POST /v1/things the body at /role was removed'],
    [
      'a new required field',
      inBody({ name, role }, ['name', 'role']),
      {},
      'POST /v1/things the body at /role is required now',
    ],
    [
      'a removed value',
      inBody({ name, role: { type: 'string', enum: ['a'] } }),
      {},
      'POST /v1/things the body at /role no longer knows b',
    ],
    [
      'a smaller limit',
      inBody({ name: { type: 'string', maxLength: 32 }, role }),
      {},
      'POST /v1/things the body at /name has a smaller maxLength',
    ],
    [
      'another type',
      inBody({ name: { type: 'integer' }, role }),
      {},
      'POST /v1/things the body at /name changed its type from string to integer',
    ],
    [
      'a removed field of the answer',
      { answer: { ...RESPONSE, properties: { id: { type: 'string' } } } },
      {},
      'POST /v1/things the answer 201 at /part was removed',
    ],
    [
      'a field that may be missing',
      { answer: { ...RESPONSE, required: ['id'] } },
      {},
      'POST /v1/things the answer 201 at /part may be missing now',
    ],
    [
      'a field that may be null',
      { answer: { ...RESPONSE, properties: { ...RESPONSE.properties, id: { type: ['string', 'null'] } } } },
      {},
      'POST /v1/things the answer 201 at /id changed its type from string to string or null',
    ],
    ['another status', { status: '202' }, {}, 'POST /v1/things no longer answers 201'],
    ['another operationId', { more: { operationId: 'x' } }, {}, 'POST /v1/things has another operationId'],
    [
      'a narrower circle of callers',
      { more: { 'x-role': 'admin' } },
      {},
      'POST /v1/things is for admins alone now',
    ],
    [
      'a removed parameter',
      {},
      { parameters: [{ name: 'q', in: 'query' }] },
      'POST /v1/things no longer takes the parameter q',
    ],
    [
      'a required parameter',
      { parameters: [{ name: 'q', in: 'query', required: true }] },
      {},
      'POST /v1/things requires the new parameter q',
    ],
  ])('include %s', (_, change, from, said) => {
    expect(changed(change, from)).toEqual([said]);
  });

  it('include a removed path', () => {
    expect(breakingChanges(document(), { paths: {} })).toEqual(['POST /v1/things was removed']);
  });

  it('are looked for behind references', () => {
    const newer = document();
    newer.components.schemas.Part.properties = { size: { type: 'string' } };
    expect(breakingChanges(document(), newer)).toEqual([
      'POST /v1/things the answer 201 at /part/size changed its type from integer to string',
    ]);
  });
});
