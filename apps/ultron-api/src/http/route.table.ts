import type { FastifyInstance } from 'fastify';

interface Route {
  method: string;
  pattern: RegExp;
}

/** All routes of the server, to tell a wrong method (405) from an unknown path (404). */
export class RouteTable {
  private readonly routes: Route[] = [];

  /** Must be called before the routes are added. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url }) => {
      const pattern = new RegExp(
        `^${url.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}/?$`,
      );
      for (const name of [method].flat()) this.routes.push({ method: name, pattern });
    });
  }

  /** The methods that the path takes; none when it is unknown. */
  methodsOf(path: string): string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}
