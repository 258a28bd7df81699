import { fieldsOf, type JsonSchema } from '../http/field/field.registry.js';
import type { ReplyDoc } from '../http/operation/operation.decorator.js';
import { titleOf } from '../http/problem/problem.catalog.js';
import { problemsOf } from './operation.problems.js';
import type { ApiRoute } from './route.list.js';
import { exampleOf } from './shape.example.js';
import type { ShapeSchemas } from './shape.schema.js';

/** The operation object of a route. */
export function describeOperation(route: ApiRoute, schemas: ShapeSchemas): Record<string, unknown> {
  const { operation } = route;
  const parameters = [
    ...pathParameters(route),
    ...queryParameters(route, schemas),
    ...headerParameters(route),
  ];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    ...(operation.access === 'public' ? { security: [] } : {}),
    ...(operation.access === 'admin' ? { 'x-role': 'admin' } : {}),
    ...(parameters.length ? { parameters } : {}),
    ...(operation.body ? { requestBody: requestBody(route, schemas) } : {}),
    responses: { ...replies(route, schemas), ...problems(route) },
  };
}

const ID = { description: 'The id of the resource.', schema: { type: 'string', format: 'uuid' } };
const TEXT_255 = { type: 'string', minLength: 1, maxLength: 255 };

/** What stands in a path and is no id of ours. */
const PATH_PARAMETERS: Readonly<Record<string, { description: string; schema: JsonSchema }>> = {
  trace_id: {
    description: 'The id of the trace.',
    schema: { type: 'string', pattern: '^[0-9a-f]{32}$' },
  },
  kind: {
    description: 'Which kind of thing: `server`, `port` …',
    schema: { type: 'string', pattern: '^[a-z_]{1,32}$' },
  },
  object_id: {
    description: 'Its id in the cluster; its name where it has none there.',
    schema: TEXT_255,
  },
  name: { description: 'The name of the tier.', schema: TEXT_255 },
  subject: {
    description: 'What has the tier.',
    schema: { type: 'string', enum: ['cluster', 'project'] },
  },
  cluster: { description: 'The cluster: name or id.', schema: TEXT_255 },
  idc_id: { description: 'The IDC: name or id.', schema: TEXT_255 },
};

const pathParameters = ({ path }: ApiRoute): unknown[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    ...(PATH_PARAMETERS[name] ?? ID),
  }));

function queryParameters({ operation }: ApiRoute, schemas: ShapeSchemas): unknown[] {
  if (!operation.query) return [];
  return [...fieldsOf(operation.query).values()].map((field) => {
    const {
      description,
      examples: _,
      ...schema
    } = schemas.ofField(field, true) as { description: string } & JsonSchema;
    const isList = schema['type'] === 'array';
    return {
      name: field.name,
      in: 'query',
      required: !field.optional,
      description,
      ...(isList ? { style: 'form', explode: false } : {}),
      schema,
      ...(field.example === undefined ? {} : { example: field.example }),
    };
  });
}

function headerParameters({ method, operation }: ApiRoute): unknown[] {
  const parameters: unknown[] = [];
  if (method === 'post') parameters.push(IDEMPOTENCY_KEY);
  if (operation.conditional) parameters.push(IF_MATCH);
  return parameters;
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same key with the same body gets the same answer for 24 hours, and the work is done once.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
  example: '3b6f1c52-order-4711',
};

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` of the version that is to be changed; another version is left alone (412).',
  schema: { type: 'string' },
  example: '"3"',
};

function requestBody({ operation }: ApiRoute, schemas: ShapeSchemas): unknown {
  const { body, bodyExample } = operation;
  if (!body) return undefined;
  const required = [...fieldsOf(body).values()].some(({ optional }) => !optional);
  const example = bodyExample ?? exampleOf(body);
  return { required, content: { 'application/json': { schema: schemas.refTo(body, true), example } } };
}

function replies({ operation }: ApiRoute, schemas: ShapeSchemas): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(operation.replies).map(([status, reply]) => [
      status,
      {
        description: reply.description,
        ...(status === '202' ? { headers: TASK_HEADERS } : {}),
        ...(status === '201' ? { headers: { Location: LOCATION } } : {}),
        content: content(reply, schemas),
      },
    ]),
  );
}

function content(reply: ReplyDoc, schemas: ShapeSchemas): unknown {
  const { shape, mediaType = 'application/json', alsoAs = [], example } = reply;
  if (!shape) return { [mediaType]: { ...TEXT, ...(example === undefined ? {} : { example }) } };
  return {
    [mediaType]: { schema: schemas.refTo(shape, false), example: example ?? exampleOf(shape) },
    ...Object.fromEntries(alsoAs.map((type) => [type, TEXT])),
  };
}

const TEXT = { schema: { type: 'string' } };

const LOCATION = {
  description: 'The address of the resource.',
  schema: { type: 'string', format: 'uri-reference' },
};
const TASK_HEADERS = {
  Location: LOCATION,
  'Operation-Location': {
    description: 'The address of the task.',
    schema: { type: 'string', format: 'uri-reference' },
  },
};

function problems(route: ApiRoute): Record<string, unknown> {
  const byStatus = Map.groupBy(problemsOf(route), ({ status }) => String(status));
  return Object.fromEntries(
    [...byStatus].map(([status, docs]) => [
      status,
      {
        description: docs
          .map(({ code, category }) => `${titleOf(code, category)} (\`${code}\`)`)
          .join(', or '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}
