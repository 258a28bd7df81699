import { applyDecorators, type Type } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { isShape, type Shape } from '../field/field.registry.js';

/**
 * Who may call: anybody at all, any bearer of a token (a reader only with GET), those who may also change things
 * although the method is GET, or admins alone.
 */
export type Access = 'public' | 'project' | 'admin';

export interface ReplyDoc {
  /** The shape of the JSON body; none for bodies that are no JSON. */
  shape?: Shape;
  description: string;
  /** The media type when it is not JSON. */
  mediaType?: string;
  /** Other media types in which the same is given to who asks for them. */
  alsoAs?: readonly string[];
  example?: unknown;
}

export interface OperationOptions {
  /** The operationId of the OpenAPI document, `createServer`: never changed once published. */
  id: string;
  /** The heading under which the reference shows it, `Servers`. */
  tag: string;
  /** One line: "Create servers". */
  summary: string;
  description?: string;
  access?: Access;
  /** By status; errors that every operation can give are added to it. */
  replies: Readonly<Record<number, ReplyDoc>>;
  /** Codes of the problems that are special to this operation, by status: `{ 507: 'no_cluster_fits' }`. */
  problems?: Readonly<Record<number, string | readonly string[]>>;
  /** `If-Match` is understood. */
  conditional?: boolean;
  /** An example of the body; made from the examples of its fields unless told. */
  bodyExample?: unknown;
}

/** An operation together with what its handler takes. */
export interface Operation extends OperationOptions {
  readonly access: Access;
  readonly body: Shape | undefined;
  readonly query: Shape | undefined;
}

// The parameter types of @nestjs/common's `RouteParamtypes`, which its public types do not export.
const BODY = 3;
const QUERY = 4;

const OPERATION = Symbol('operation');

/** Describes a route: its place in the OpenAPI document, who may call it, and what it answers. */
export function Operation(options: OperationOptions): MethodDecorator {
  return (target, key, descriptor) => {
    const operation: Operation = {
      ...options,
      access: options.access ?? 'project',
      body: parameterShape(target, key, BODY),
      query: parameterShape(target, key, QUERY),
    };
    Reflect.defineMetadata(OPERATION, operation, descriptor.value as object);
    return applyDecorators(RouteConfig({ operation }))(target, key, descriptor);
  };
}

export const operationOf = (handler: object): Operation | undefined =>
  Reflect.getMetadata(OPERATION, handler) as Operation | undefined;

/** The class of the parameter that Nest binds to the body or the query. */
function parameterShape(target: object, key: string | symbol, kind: number): Shape | undefined {
  const bound = (Reflect.getMetadata('__routeArguments__', target.constructor, key) ?? {}) as Record<
    string,
    object
  >;
  const types = (Reflect.getMetadata('design:paramtypes', target, key) ?? []) as Type[];
  for (const name of Object.keys(bound)) {
    const [boundKind, index] = name.split(':').map(Number);
    const type = index === undefined ? undefined : types[index];
    if (boundKind === kind && isShape(type)) return type;
  }
  return undefined;
}
