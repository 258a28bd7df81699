import type { Clock } from '@ultron/kernel/clock';
import type { Method } from '../call.js';
import { OpenStackError } from '../error/openstack-error.js';
import type { CallObserver } from '../observer.js';
import type { BreakerOutcome } from '../traffic/breaker.js';
import type { ClusterTraffic } from '../traffic/cluster-traffic.js';
import type { Lane, Permit, Verdict } from '../traffic/limiter.js';
import type { CallScope } from './call-scope.js';
import { answerError, failureError, refusalError, scopeError } from './caller.errors.js';
import type { HttpAnswer } from './http.types.js';
import { HttpFailure } from './http.types.js';
import { answeredRequestId } from './request-id.js';
import { isIdempotent, pauseBefore } from './retry.rules.js';
import { routeOf } from './route.rules.js';
import type { Timeouts } from './timeouts.js';

/** A request with everything but the connection. */
export interface OutgoingRequest {
  service: string;
  method: Method;
  url: URL;
  headers: Record<string, string>;
  body?: string | Uint8Array | undefined;
  /** Milliseconds more than usual until the answer begins. */
  extraMs?: number | undefined;
  scope: CallScope;
  lane: Lane;
  flow: string;
  globalRequestId: string;
  traceId: string | undefined;
  /** Logging in is a POST that may be repeated, and must not wait for the slots of those who wait for it. */
  login?: boolean;
}

export interface CallerOptions {
  cluster: string;
  traffic: ClusterTraffic;
  timeouts: Timeouts;
  attempts: number;
  observer: CallObserver | undefined;
  clock: Clock;
  random: () => number;
}

const FREE: Permit = { release: () => undefined };

/** Sends requests: within the cluster's budget, behind its breakers, again where that is safe and can help. */
export class Caller {
  constructor(private readonly options: CallerOptions) {}

  /** The answer, when it is a success; every other end is an `OpenStackError`. */
  async call(request: OutgoingRequest): Promise<HttpAnswer> {
    const { attempts, clock, random } = this.options;
    let mayHaveHappened = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(request, attempt);
      } catch (caught) {
        if (!(caught instanceof OpenStackError)) throw caught;
        mayHaveHappened ||= caught.outcomeUnknown;
        const error = mayHaveHappened ? withOutcomeUnknown(caught) : caught;
        if (attempt >= attempts || !this.mayRepeat(request, error)) throw error;
        const pause = pauseBefore(attempt, error.retryAfterMs, random);
        if (pause >= request.scope.remainingMs) throw error;
        await clock.sleep(pause, request.scope.signal);
        if (request.scope.signal.aborted) throw error;
      }
    }
  }

  /** What cannot have reached the service may always be sent again, what is idempotent when a retry can help. */
  private mayRepeat(request: OutgoingRequest, error: OpenStackError): boolean {
    if (!error.retryable || error.code === 'circuit_open' || request.scope.endedBy) return false;
    return request.login === true || isIdempotent(request.method) || error.code === 'connect';
  }

  private async attempt(request: OutgoingRequest, attempt: number): Promise<HttpAnswer> {
    const waiting = performance.now();
    const permit = await this.permit(request);
    const queuedMs = performance.now() - waiting;
    const breaker = this.options.traffic.breakerOf(request.service);
    const closedForMs = breaker.enter();
    if (closedForMs !== null) {
      permit.release('neutral');
      const error = refusalError(this.options.cluster, request, closedForMs);
      this.observe(request, attempt, queuedMs, { ms: 0, error });
      throw error;
    }
    return this.exchange(request, attempt, queuedMs, (verdict, outcome) => {
      permit.release(verdict);
      breaker.report(outcome);
    });
  }

  private async permit(request: OutgoingRequest): Promise<Permit> {
    if (request.login) return FREE;
    const { limiter } = this.options.traffic;
    try {
      return await limiter.acquire(request.lane, request.flow, request.scope.signal);
    } catch {
      throw scopeError(this.options.cluster, request);
    }
  }

  private async exchange(
    request: OutgoingRequest,
    attempt: number,
    queuedMs: number,
    report: (verdict: Verdict, outcome: BreakerOutcome) => void,
  ): Promise<HttpAnswer> {
    const { traffic, timeouts, cluster, clock } = this.options;
    const began = performance.now();
    let answer: HttpAnswer | undefined;
    let error: OpenStackError | undefined;
    try {
      answer = await traffic.connections.send({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: request.body,
        signal: request.scope.signal,
        headersMs: timeouts.headersMs + (request.extraMs ?? 0),
        bodyIdleMs: timeouts.bodyIdleMs,
        maxBodyBytes: timeouts.maxBodyBytes,
      });
      if (!isSuccess(answer.status)) error = answerError(cluster, request, answer, clock.now());
    } catch (failure) {
      if (!(failure instanceof HttpFailure)) throw failure;
      error = failureError(cluster, request, failure);
    }
    const ms = performance.now() - began;
    report(this.verdict(request, ms, error), outcomeOf(error));
    this.observe(request, attempt, queuedMs, { ms, answer, error });
    if (error) throw error;
    if (!answer) throw new TypeError('An exchange ended with neither an answer nor an error');
    return answer;
  }

  private verdict(request: OutgoingRequest, ms: number, error: OpenStackError | undefined): Verdict {
    // What asks for many things at once takes as long as it takes.
    if (request.extraMs || (error && error.status === undefined)) return verdictOn(error);
    const pace = this.options.traffic.pace.judge(request.method, routeOf(request.url.pathname), ms);
    if (pace === 'overloaded') return 'congested';
    const verdict = verdictOn(error);
    return pace === 'slow' && verdict === 'good' ? 'neutral' : verdict;
  }

  private observe(
    request: OutgoingRequest,
    attempt: number,
    queuedMs: number,
    seen: { ms: number; answer?: HttpAnswer | undefined; error?: OpenStackError | undefined },
  ): void {
    const { observer, cluster, clock } = this.options;
    observer?.({
      cluster,
      service: request.service,
      method: request.method,
      path: request.url.pathname + request.url.search,
      route: routeOf(request.url.pathname),
      status: seen.answer?.status ?? seen.error?.status,
      ms: seen.ms,
      queuedMs,
      bytes: seen.answer?.body.length ?? 0,
      requestId: seen.answer && answeredRequestId(seen.answer.headers),
      globalRequestId: request.globalRequestId,
      traceId: request.traceId,
      lane: request.lane,
      attempt,
      error: seen.error,
      at: new Date(clock.now() - seen.ms),
    });
  }
}

/** 300 is how Keystone and Glance answer who asks for their versions; 304 and redirects are never asked for. */
function isSuccess(status: number): boolean {
  return status >= 200 && status <= 300;
}

function verdictOn(error: OpenStackError | undefined): Verdict {
  if (!error) return 'good';
  if (error.kind === 'throttle' || error.status === 503 || error.code === 'timeout') return 'congested';
  if (error.code === 'deadline') return 'congested';
  return error.status !== undefined && error.status < 500 ? 'good' : 'neutral';
}

function outcomeOf(error: OpenStackError | undefined): BreakerOutcome {
  if (error?.code === 'aborted') return 'unknown';
  return error?.kind === 'outage' ? 'outage' : 'answered';
}

/** A later try cannot make the first one's fate known: a 404 or 412 may be the echo of its success. */
function withOutcomeUnknown(error: OpenStackError): OpenStackError {
  return error.outcomeUnknown
    ? error
    : new OpenStackError({ ...error, message: error.message, cause: error.cause, outcomeUnknown: true });
}
