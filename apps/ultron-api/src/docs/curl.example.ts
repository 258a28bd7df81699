import type { ApiRoute } from '../openapi/route.list.js';
import { exampleOf } from '../openapi/shape.example.js';

const ID = '01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** A command line that makes the request, for `URL` and `TOKEN` in the environment. */
export function curlExample({ method, path, operation }: ApiRoute): string {
  const address = path.replaceAll('{trace_id}', TRACE).replaceAll(/\{\w+\}/g, ID);
  const lines = [`curl -s ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}"$URL${address}"`];
  if (operation.access !== 'public') lines.push('-H "Authorization: Bearer $TOKEN"');
  if (method === 'post') lines.push('-H "Idempotency-Key: $(uuidgen)"');
  if (operation.body) {
    const body = operation.bodyExample ?? exampleOf(operation.body);
    lines.push("-H 'Content-Type: application/json'", `-d '${quotable(JSON.stringify(body, null, 2))}'`);
  }
  return lines.join(' \\\n  ');
}

/** A quote cannot stand within a quoted word of the shell. */
const quotable = (text: string): string => text.replaceAll("'", String.raw`'\''`);
