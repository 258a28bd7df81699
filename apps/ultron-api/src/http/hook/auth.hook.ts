import type { Caller } from '@ultron/identity/caller/caller';
import { Fault } from '@ultron/kernel/fault';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Operation } from '../operation/operation.decorator.js';
import { RequestFault } from '../problem/request.fault.js';
import '../edge.request.js';

/** Knows the bearer of a token; undefined for a token that is not valid (any more). */
export interface TokenCheck {
  authenticate(token: string): Promise<Caller | undefined>;
}

/** Asks for the token before the body is read: what nobody may send is not even parsed. */
export function installAuthHook(server: FastifyInstance, tokens: TokenCheck): void {
  server.addHook('onRequest', async (request) => {
    const { operation } = request.routeOptions.config;
    // Unknown routes have no operation, and the routes of Fastify itself neither: they show nothing.
    if (!operation || operation.access === 'public') return;
    const caller = await tokens.authenticate(bearerToken(request));
    if (!caller) {
      throw RequestFault.unauthenticated('token_invalid', 'The token is unknown, expired or revoked.');
    }
    checkRole(caller, operation, request.method);
    request.caller = caller;
    request.trace = { ...request.trace, projectId: caller.projectId, actor: `token ${caller.tokenId}` };
  });
}

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

function bearerToken(request: FastifyRequest): string {
  const { authorization } = request.headers;
  const token = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  if (token) return token;
  throw RequestFault.unauthenticated(
    'token_missing',
    'A token is needed: send the header Authorization: Bearer <token>.',
  );
}

function checkRole(caller: Caller, operation: Operation, method: string): void {
  if (caller.role === 'admin') return;
  if (operation.access === 'admin') throw forbidden('Only an admin may do this.');
  if (caller.role === 'reader' && method !== 'GET' && method !== 'HEAD') {
    throw forbidden(
      'The token belongs to a reader, who may look at everything of the project but change nothing.',
    );
  }
}

const forbidden = (detail: string): Fault =>
  new Fault({ code: 'role_forbids', category: 'forbidden', detail });
