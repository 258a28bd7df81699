import type { FastifyInstance } from 'fastify';
import { HttpReply } from '../reply/http.reply.js';

/** Lets a controller return status and headers as a value. */
export function installReplyHook(server: FastifyInstance): void {
  server.addHook('preSerialization', (_request, reply, payload, done) => {
    if (!(payload instanceof HttpReply)) return done(null, payload);
    reply.code(payload.statusCode).headers(payload.headers);
    done(null, payload.body);
  });
}
