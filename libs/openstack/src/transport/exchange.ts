import type { Dispatcher } from 'undici';
import { HttpFailure, type HttpAnswer, type HttpRequest } from './http.types.js';

const TLS_CODES = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO)/;

/**
 * One request and its answer on a connection of the pool. It knows whether the request was handed to a connection:
 * what was not may be sent again, whatever its method.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<HttpAnswer>;
  private settle!: { resolve(answer: HttpAnswer): void; reject(failure: HttpFailure): void };
  private controller: Dispatcher.DispatchController | undefined;
  private failure: HttpFailure | undefined;
  private timer: NodeJS.Timeout | undefined;
  private sent = false;
  private status = 0;
  private headers: Record<string, string> = {};
  /** The body as far as it has come, when it was told how long it is: it then needs its room only once. */
  private whole: Buffer | undefined;
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private readonly onAbort = (): void => this.giveUp('aborted', 'The call was ended by its caller');

  constructor(private readonly request: HttpRequest) {
    this.answer = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    request.signal.addEventListener('abort', this.onAbort, { once: true });
    this.startTimer(request.headersMs, 'no answer began');
    if (request.signal.aborted) this.onAbort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.failure) controller.abort(this.failure);
    else this.sent = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 1xx are interim answers.
    if (status < 200) return;
    this.status = status;
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined)
        this.headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    }
    const length = Number(this.headers['content-length'] ?? 0);
    if (length > 0 && length <= this.request.maxBodyBytes) this.whole = Buffer.allocUnsafeSlow(length);
    this.startTimer(this.request.bodyIdleMs, 'the body stopped');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const from = this.size;
    this.size += chunk.length;
    if (this.size > this.request.maxBodyBytes) {
      this.giveUp('body_too_large', `The answer is larger than ${this.request.maxBodyBytes} bytes`);
      return;
    }
    if (this.whole) chunk.copy(this.whole, from);
    else this.chunks.push(chunk);
    this.timer?.refresh();
  }

  onResponseEnd(): void {
    this.stop();
    if (this.failure) return;
    const body = this.whole?.subarray(0, this.size) ?? Buffer.concat(this.chunks);
    this.settle.resolve({ status: this.status, headers: this.headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.stop();
    this.settle.reject(this.failure ?? this.failureOf(error));
  }

  private startTimer(ms: number, what: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.giveUp('timeout', `Timed out: ${what} within ${ms} ms`), ms);
  }

  private giveUp(code: 'aborted' | 'timeout' | 'body_too_large', message: string): void {
    if (this.failure) return;
    this.failure = new HttpFailure(
      code,
      message,
      this.sent,
      this.status || undefined,
      this.request.signal.reason,
    );
    this.stop();
    this.settle.reject(this.failure);
    this.controller?.abort(this.failure);
  }

  private failureOf(error: Error & { code?: string }): HttpFailure {
    const code = error.code ?? '';
    if (this.sent) {
      const message = `The connection broke before the answer was complete: ${error.message}`;
      return new HttpFailure('reset', message, true, this.status || undefined, error);
    }
    const kind = TLS_CODES.test(code) ? 'tls' : 'connect';
    return new HttpFailure(
      kind,
      `No connection to ${this.request.url.origin}: ${reasonOf(error)}`,
      false,
      undefined,
      error,
    );
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.request.signal.removeEventListener('abort', this.onAbort);
  }
}

/** Node reports the attempts on several addresses as one error without words of its own. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message;
  return error.message;
}
