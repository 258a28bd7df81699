import type { FastifyInstance } from 'fastify';
import { RequestFault } from './problem/request.fault.js';

/** Bodies are JSON or nothing. */
export function installBodyParser(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    // Tools send Content-Type with a POST that has no body; that is no fault.
    if (text === '') return done(null, undefined);
    const { value, fault } = parse(String(text));
    return fault ? done(fault) : done(null, value);
  });
}

function parse(text: string): { value?: unknown; fault?: RequestFault } {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    return { fault: error instanceof RequestFault ? error : malformed(error) };
  }
}

/** Visiting every member is slow, so it is done only where the forbidden name may stand, plainly or in escapes. */
const parseJson = (text: string): unknown =>
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
