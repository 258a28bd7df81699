import type { FastifyReply } from 'fastify';

/** Aborted when the answer is sent or the caller hangs up before. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
