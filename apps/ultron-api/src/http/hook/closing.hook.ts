import type { FastifyInstance } from 'fastify';

/** Whoever gets an answer while the process ends is told to connect anew, elsewhere: else the end would wait for it. */
export function installClosingHook(server: FastifyInstance): void {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}
