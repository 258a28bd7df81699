import type { FastifyInstance } from 'fastify';
import { RequestFault } from './problem/request.fault.js';

/** Bodies are JSON or nothing. */
export function installBodyParser(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    // Tools send Content-Type with a POST that has no body; that is no fault.
    if (text === '') return done(null, undefined);
    try {
      done(null, parse(String(text)));
    } catch (error) {
      done(error instanceof RequestFault ? error : malformed(error));
    }
  });
}

/** Visiting every member is slow, so it is done only where the forbidden name may stand, plainly or in escapes. */
const parse = (text: string): unknown =>
  text.includes('__proto__') || text.includes('\\u') ? JSON.parse(text, refusePrototype) : JSON.parse(text);

/** `__proto__` as a member would change the prototype of whatever it is copied to. */
function refusePrototype(key: string, value: unknown): unknown {
  if (key !== '__proto__') return value;
  throw new RequestFault(400, { code: 'malformed_json', detail: 'The body has a member named __proto__.' });
}

function malformed(error: unknown): RequestFault {
  const reason = error instanceof Error ? error.message : 'it cannot be parsed';
  return new RequestFault(400, {
    code: 'malformed_json',
    detail: `The body is no JSON: ${reason}.`,
    cause: error,
  });
}
