import type { Clock } from '@ultron/kernel/clock';
import type { CallOptions } from '../call.js';
import type { CloudAuth } from '../cloud.options.js';
import { OpenStackError } from '../error/openstack-error.js';
import type { TokenResponseWire } from '../identity/tokens.wire.js';
import { CallScope } from '../transport/call-scope.js';
import type { Caller } from '../transport/caller.js';
import type { HttpAnswer } from '../transport/http.types.js';
import { globalRequestId } from '../transport/request-id.js';
import { authRequestOf } from './auth-request.rules.js';
import { versionedEndpoint } from './catalog.rules.js';
import { sessionOf, type Session } from './session.js';

/** A login has a deadline of its own: many calls may wait for it, and it ends with none of them. */
const LOGIN_DEADLINE_MS = 60_000;

export interface KeystoneOptions {
  cluster: string;
  auth: CloudAuth;
  clock: Clock;
  random: () => number;
}

/** Logs in (Identity API v3). */
export class Keystone {
  /** With `/v3`. */
  readonly endpoint: string;

  constructor(
    private readonly caller: Caller,
    private readonly options: KeystoneOptions,
  ) {
    this.endpoint = versionedEndpoint('identity', options.auth.url.replace(/\/+$/, ''));
  }

  /**
   * A new session. Fails with kind `auth` when Keystone refuses the credentials, with code `not_keystone` when what
   * answers is something else, and with kind `outage` when nothing answers.
   */
  async logIn(call: CallOptions | undefined): Promise<Session> {
    const { auth, clock, random } = this.options;
    const scope = new CallScope(undefined, LOGIN_DEADLINE_MS);
    const sentAt = clock.now();
    try {
      const answer = await this.caller.call({
        service: 'identity',
        method: 'POST',
        url: this.tokensUrl,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-openstack-request-id': globalRequestId(call),
        },
        body: JSON.stringify(authRequestOf(auth)),
        scope,
        lane: call?.lane ?? 'online',
        flow: 'login',
        globalRequestId: globalRequestId(call),
        traceId: call?.traceId,
        login: true,
      });
      const { token, wire } = this.read(answer);
      return sessionOf(token, wire.token, sentAt, random);
    } catch (error) {
      throw this.explain(error);
    } finally {
      scope.dispose();
    }
  }

  private get tokensUrl(): URL {
    return new URL(`${this.endpoint}/auth/tokens`);
  }

  private read(answer: HttpAnswer): { token: string; wire: TokenResponseWire } {
    const token = answer.headers['x-subject-token'];
    const wire = parse(answer.body);
    if (!token || !isTokenResponse(wire)) throw this.notKeystone(answer.status);
    return { token, wire };
  }

  /** Keystone answers 401 to every wrong name; a 404 or 405 comes from something that is not Keystone. */
  private explain(error: unknown): unknown {
    if (!(error instanceof OpenStackError)) return error;
    return error.status === 404 || error.status === 405 ? this.notKeystone(error.status) : error;
  }

  private notKeystone(status: number): OpenStackError {
    return new OpenStackError({
      kind: 'invalid',
      code: 'not_keystone',
      message: `${this.endpoint} is not a Keystone v3: it answered ${status} without a token`,
      cluster: this.options.cluster,
      service: 'identity',
      method: 'POST',
      path: this.tokensUrl.pathname,
      status,
    });
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function isTokenResponse(value: unknown): value is TokenResponseWire {
  if (typeof value !== 'object' || value === null || !('token' in value)) return false;
  const { token } = value;
  return typeof token === 'object' && token !== null && 'expires_at' in token && 'issued_at' in token;
}
