import type { FastifyInstance } from 'fastify';
import { HttpReply } from '../reply/http.reply.js';

const asItIs = (text: unknown): string => String(text);

/** Lets a controller return status and headers as a value. */
export function installReplyHook(server: FastifyInstance): void {
  server.addHook('preSerialization', (_request, reply, payload, done) => {
    if (!(payload instanceof HttpReply)) return done(null, payload);
    reply.code(payload.statusCode).headers(payload.headers);
    // A body that is text already, such as a page, must not become a JSON string.
    if (typeof payload.body === 'string') reply.serializer(asItIs);
    done(null, payload.body);
  });
}
