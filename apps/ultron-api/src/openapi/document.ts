import { API_DESCRIPTION } from './description.js';
import { describeOperation } from './operation.describe.js';
import { PROBLEM_SCHEMA } from './problem.schema.js';
import type { ApiRoute } from './route.list.js';
import { ShapeSchemas } from './shape.schema.js';

export interface OpenApiDocument {
  openapi: string;
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  tags: { name: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, unknown>>;
  components: Record<string, Record<string, unknown>>;
}

/** The contract, OpenAPI 3.1, made from the routes alone: the same routes give the same document. */
export function openApiDocument(routes: readonly ApiRoute[]): OpenApiDocument {
  const schemas = new ShapeSchemas();
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = describeOperation(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ultron',
      version: '1',
      description: API_DESCRIPTION,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    tags: [...new Set(routes.map(({ operation }) => operation.tag))].map((name) => ({ name })),
    security: [{ bearer: [] }],
    paths: sorted(paths),
    components: {
      schemas: sorted({ ...schemas.components, Problem: PROBLEM_SCHEMA }),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of Ultron: `Authorization: Bearer ultron_…`.',
        },
      },
    },
  };
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
