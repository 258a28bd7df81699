import type { CallOptions, Method } from '../call.js';
import type { Endpoints } from '../auth/endpoints.js';
import type { SessionSource } from '../auth/session-source.js';
import type { Session } from '../auth/session.js';
import { OpenStackError } from '../error/openstack-error.js';
import type { CallScope } from './call-scope.js';
import { scopeError } from './caller.errors.js';
import type { Caller, OutgoingRequest } from './caller.js';
import type { HttpAnswer } from './http.types.js';
import { globalRequestId } from './request-id.js';

/** A request that still lacks a token and the place of its service. */
export interface UnauthenticatedRequest {
  service: string;
  method: Method;
  /** From the versioned endpoint of the service to the URL. */
  url: (endpoint: string) => URL;
  headers?: Record<string, string>;
  body?: string | Uint8Array | undefined;
  extraMs?: number | undefined;
  call: CallOptions | undefined;
  scope: CallScope;
}

/** Calls services as the one who is logged in. */
export class AuthenticatedCaller {
  constructor(
    readonly caller: Caller,
    private readonly sessions: SessionSource,
    private readonly endpoints: Endpoints,
    private readonly cluster: string,
    private readonly defaultFlow: string,
  ) {}

  /** When the token is refused, one more try with a new one, whatever the method: what was refused was not done. */
  async call(request: UnauthenticatedRequest): Promise<HttpAnswer> {
    const session = await this.session(request);
    try {
      return await this.caller.call(this.outgoing(request, session));
    } catch (error) {
      if (!(error instanceof OpenStackError) || error.status !== 401) throw error;
      this.sessions.reject(session);
    }
    const renewed = await this.session(request);
    return this.caller.call(this.outgoing(request, renewed));
  }

  /** Several calls may wait for one login; each leaves when its own time is over. */
  private async session({ scope, call, ...request }: UnauthenticatedRequest): Promise<Session> {
    try {
      return await scope.race(this.sessions.current(call));
    } catch (error) {
      if (error instanceof OpenStackError) throw error;
      if (!scope.endedBy) throw error;
      const url = request.url('http://endpoint.invalid');
      throw scopeError(this.cluster, { ...request, url, scope, globalRequestId: globalRequestId(call) });
    }
  }

  private outgoing(request: UnauthenticatedRequest, session: Session): OutgoingRequest {
    const { service, method, call, scope, body, extraMs } = request;
    const id = globalRequestId(call);
    return {
      service,
      method,
      url: request.url(this.endpoints.of(service, session)),
      headers: {
        accept: 'application/json',
        'user-agent': 'ultron-openstack',
        'x-auth-token': session.token,
        'x-openstack-request-id': id,
        ...request.headers,
      },
      body,
      extraMs,
      scope,
      lane: call?.lane ?? 'online',
      flow: call?.flow ?? call?.traceId ?? this.defaultFlow,
      globalRequestId: id,
      traceId: call?.traceId,
    };
  }
}
