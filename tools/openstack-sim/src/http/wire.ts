import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './call.js';

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

/** How many bytes the body has. */
export function send(response: ServerResponse, reply: Reply, headOnly = false): number {
  if (response.destroyed) return 0;
  if (reply.body === undefined) {
    response
      .writeHead(reply.status, {
        ...reply.headers,
        ...(reply.status === 204 ? {} : { 'Content-Length': 0 }),
      })
      .end();
    return 0;
  }
  const isText = typeof reply.body === 'string';
  const text = isText ? (reply.body as string) : JSON.stringify(reply.body);
  const bytes = Buffer.byteLength(text);
  response.writeHead(reply.status, {
    'Content-Type': isText ? 'text/html; charset=UTF-8' : 'application/json',
    'Content-Length': bytes,
    ...reply.headers,
  });
  response.end(headOnly ? undefined : text);
  return headOnly ? 0 : bytes;
}
