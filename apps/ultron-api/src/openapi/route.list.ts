import { RequestMethod, type Type } from '@nestjs/common';
import { type Operation, operationOf } from '../http/operation/operation.decorator.js';

/** A route as its controller declares it. */
export interface ApiRoute {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** `/v1/servers/{id}` */
  path: string;
  operation: Operation;
}

const METHODS: Readonly<Partial<Record<RequestMethod, ApiRoute['method']>>> = {
  [RequestMethod.GET]: 'get',
  [RequestMethod.POST]: 'post',
  [RequestMethod.PUT]: 'put',
  [RequestMethod.PATCH]: 'patch',
  [RequestMethod.DELETE]: 'delete',
};

/** All routes of the controllers of the modules, read from their decorators: nothing has to run for it. */
export function routesOf(modules: readonly Type[]): ApiRoute[] {
  return modules.flatMap(controllersOf).flatMap(routesOfController);
}

const controllersOf = (module: Type): Type[] => (Reflect.getMetadata('controllers', module) ?? []) as Type[];

function routesOfController(controller: Type): ApiRoute[] {
  const base = String(Reflect.getMetadata('path', controller) ?? '');
  const prototype = controller.prototype as object;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    return typeof handler === 'function' ? routeOf(base, handler, `${controller.name}.${name}`) : [];
  });
}

function routeOf(base: string, handler: object, where: string): ApiRoute[] {
  const nestMethod = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
  if (nestMethod === undefined) return [];
  const method = METHODS[nestMethod];
  const operation = operationOf(handler);
  if (!method || !operation) throw new Error(`${where} is a route without @Operation`);
  return [{ method, path: pathOf(base, String(Reflect.getMetadata('path', handler))), operation }];
}

function pathOf(base: string, rest: string): string {
  const parts = `${base}/${rest}`.split('/').filter((part) => part !== '');
  return `/${parts.map((part) => (part.startsWith(':') ? `{${part.slice(1)}}` : part)).join('/')}`;
}
