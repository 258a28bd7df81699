import type { FastifyInstance } from 'fastify';
import { RequestFault } from '../problem/request.fault.js';
import '../edge.request.js';

/** Operations that take no query or no body say so instead of ignoring what was sent. */
export function installInputHook(server: FastifyInstance): void {
  server.addHook('preValidation', (request, _reply, done) => {
    const { operation } = request.routeOptions.config;
    if (!operation) return done();
    if (!operation.query) {
      const names = Object.keys(request.query as object);
      if (names.length)
        return done(RequestFault.badQuery(names.map((name) => unknown(`?${name}`, 'parameter'))));
    }
    if (!operation.body && request.body !== undefined) {
      const names = Object.keys(Object(request.body) as object);
      if (names.length) return done(RequestFault.badBody(names.map((name) => unknown(`/${name}`, 'field'))));
    }
    done();
  });
}

const unknown = (pointer: string, kind: string) => ({
  pointer,
  detail: `is an unknown ${kind}; none is taken here`,
});
