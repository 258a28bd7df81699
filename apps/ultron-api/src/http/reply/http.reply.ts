import type { Reply } from '@ultron/platform/idempotency/idempotency.service';

/**
 * What a controller returns when status or headers matter; a hook of the server unwraps it. It is also what the
 * idempotency table keeps, so that the same key gets the same answer.
 */
export class HttpReply implements Reply {
  constructor(
    readonly statusCode: number,
    readonly body: unknown,
    readonly headers: Record<string, string> = {},
  ) {}

  static from(reply: Reply): HttpReply {
    return reply instanceof HttpReply ? reply : new HttpReply(reply.statusCode, reply.body, reply.headers);
  }
}

export const ok = (body: unknown, headers: Record<string, string> = {}): HttpReply =>
  new HttpReply(200, body, headers);

/** Something made at once, without a task. */
export const created = (location: string, body: unknown, headers: Record<string, string> = {}): HttpReply =>
  new HttpReply(201, body, { location, ...headers });

/** Asked-for work was written down: the body holds the resource under its name, and the task. */
export const accepted = (location: string, body: { task: { id: string } }): HttpReply =>
  new HttpReply(202, body, { location, 'operation-location': `/v1/tasks/${body.task.id}` });
