import type { JsonSchema } from '../http/field/field.registry.js';
import { CATEGORIES } from '../http/problem/problem.catalog.js';

const text = (description: string, example: string): JsonSchema => ({
  type: 'string',
  description,
  examples: [example],
});

/** RFC 9457, with the members that every problem of Ultron has. */
export const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'category', 'retryable', 'who_can_fix', 'trace_id'],
  properties: {
    type: {
      ...text('Where the problem is explained.', '/docs/problems#invalid_body'),
      format: 'uri-reference',
    },
    title: text('The same for all problems of the type.', 'The body is wrong'),
    status: { type: 'integer', description: 'The HTTP status.', examples: [422] },
    detail: text(
      'What is wrong here, for people.',
      'The body of the request is not as it should be at /name.',
    ),
    code: text('A stable name, for programs.', 'invalid_body'),
    category: { type: 'string', description: 'What sort of problem it is.', enum: Object.keys(CATEGORIES) },
    retryable: {
      type: 'boolean',
      description: 'Whether the same request can succeed later.',
      examples: [false],
    },
    who_can_fix: {
      type: 'string',
      enum: ['caller', 'operator', 'cluster'],
      description: 'Who can do something about it.',
    },
    trace_id: text('Leads operators to the cause.', '4bf92f3577b34da6a3ce929d0e0e4736'),
    errors: {
      type: 'array',
      description: 'Every bad field at once.',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: text('A JSON pointer into the body, or `?name` for a parameter of the query.', '/name'),
          detail: text('What it must be.', 'is required: it must be text of 1 to 64 characters'),
        },
      },
    },
  },
};
