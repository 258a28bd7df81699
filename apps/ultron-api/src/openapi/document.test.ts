import { describe, expect, it } from '@jest/globals';
import { Bool, Integer, OneOf, Part, Text } from '../http/field/field.decorator.js';
import { type Operation } from '../http/operation/operation.decorator.js';
import { openApiDocument } from './document.js';
import type { ApiRoute } from './route.list.js';

class Inner {
  @Integer({ description: 'Size.', min: 1, max: 9, example: 4 })
  size!: number;
}
class Outer {
  @Text({ description: 'Name.', example: 'web' })
  name!: string;
  @OneOf(['a', 'b'], { description: 'Kind.', nullable: true })
  kind!: string | null;
  @Part(() => Inner, { description: 'Inside.', nullable: true, optional: true })
  inner?: Inner | null;
}
class Query {
  @Bool({ description: 'All of them.', optional: true })
  all?: boolean;
}

const operation: Operation = {
  id: 'createThing',
  tag: 'Things',
  summary: 'Create a thing',
  access: 'admin',
  conditional: true,
  body: Outer,
  query: Query,
  replies: { 202: { shape: Outer, description: 'The thing.' } },
  problems: { 409: 'project_name_taken' },
};
const route: ApiRoute = { method: 'post', path: '/v1/things/{id}', operation };
const document = openApiDocument([route]);
const described = document.paths['/v1/things/{id}']?.['post'] as Record<string, object>;

describe('the OpenAPI document', () => {
  it('describes fields once, and says null as version 3.1 does', () => {
    expect(document.components['schemas']).toMatchObject({
      Outer: {
        type: 'object',
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 255, description: 'Name.', examples: ['web'] },
          kind: { type: ['string', 'null'], enum: ['a', 'b', null] },
          inner: { oneOf: [{ $ref: '#/components/schemas/Inner' }, { type: 'null' }] },
        },
        required: ['name', 'kind'],
        additionalProperties: false,
      },
      Inner: { properties: { size: { type: 'integer', minimum: 1, maximum: 9 } }, required: ['size'] },
    });
  });

  it('describes parameters, headers, answers and problems', () => {
    expect(
      (described['parameters'] as { name: string; in: string }[]).map((p) => `${p.in} ${p.name}`),
    ).toEqual(['path id', 'query all', 'header Idempotency-Key', 'header If-Match']);
    const example = { name: 'web', kind: 'a', inner: { size: 4 } };
    expect(described).toMatchObject({
      operationId: 'createThing',
      'x-role': 'admin',
      requestBody: { required: true, content: { 'application/json': { example } } },
    });
    expect(Object.keys(described['responses'] ?? {})).toEqual([
      '202',
      '400',
      '401',
      '403',
      '404',
      '409',
      '412',
      '413',
      '415',
      '422',
      '500',
      '503',
    ]);
  });

  it('says of what is no id of ours in a path what it is', () => {
    const path = '/v1/things/{id}/{kind}/{object_id}';
    const made = openApiDocument([{ ...route, path }]).paths[path]?.['post'] as {
      parameters: { name: string; in: string; schema: object }[];
    };
    const schemas = made.parameters.filter((p) => p.in === 'path').map(({ schema }) => schema);
    expect(schemas).toEqual([
      { type: 'string', format: 'uuid' },
      { type: 'string', pattern: '^[a-z_]{1,32}$' },
      { type: 'string', minLength: 1, maxLength: 255 },
    ]);
  });

  it('names other media types of an answer, and each problem of a status', () => {
    const both: Operation = {
      ...operation,
      replies: { 200: { shape: Outer, description: 'Them.', alsoAs: ['text/csv'] } },
      problems: { 409: ['lane_at_rest', 'brake_not_on'] },
    };
    const made = openApiDocument([{ ...route, operation: both }]).paths[route.path]?.['post'];
    expect(made).toMatchObject({
      responses: {
        200: {
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/Outer' } },
            'text/csv': { schema: { type: 'string' } },
          },
        },
        409: { description: 'The lane is at rest (`lane_at_rest`), or The brake is not on (`brake_not_on`)' },
      },
    });
  });

  it('refuses two shapes of one name', () => {
    const Other = { Outer: class Outer extends Inner {} }.Outer;
    const twice = { ...route, path: '/v1/others', operation: { ...operation, body: Other } };
    expect(() => openApiDocument([route, twice])).toThrow('two shapes are named Outer');
  });
});
