import { HttpException } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { isConnectionLoss } from '@ultron/platform/database/database.errors';
import { RequestFault } from './request.fault.js';

/** What was thrown, as a fault. What is no fault and no error of the HTTP layer is a bug of ours. */
export function faultFrom(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  if (thrown instanceof HttpException) return fromHttpStatus(thrown.getStatus(), thrown.message);
  if (isConnectionLoss(thrown)) return databaseAway(thrown);
  if (!(thrown instanceof Error)) return bug(thrown);
  const { code, statusCode } = thrown as Error & { code?: unknown; statusCode?: unknown };
  if (
    typeof code === 'string' &&
    code.startsWith('FST_') &&
    typeof statusCode === 'number' &&
    statusCode < 500
  ) {
    return fromHttpStatus(statusCode, thrown.message);
  }
  return bug(thrown);
}

function fromHttpStatus(status: number, message: string): Fault {
  switch (status) {
    case 404:
      return new RequestFault(404, { code: 'route_not_found', category: 'not_found', detail: `${message}.` });
    case 413:
      return new RequestFault(413, { code: 'body_too_large', detail: 'The body is larger than 1 MiB.' });
    case 414:
      return new RequestFault(414, { code: 'uri_too_long', detail: 'A part of the path is too long.' });
    case 415:
      return new RequestFault(415, {
        code: 'unsupported_media_type',
        detail: 'Bodies are taken as JSON only: send Content-Type: application/json.',
      });
    default:
      return status < 500
        ? new RequestFault(status, { code: 'malformed_request', detail: message })
        : bug(new Error(message));
  }
}

const databaseAway = (cause: unknown): Fault =>
  new Fault({
    code: 'database_unavailable',
    category: 'unavailable',
    detail: 'The database does not answer at present; send the request again.',
    retryAfterMs: 2_000,
    whoCanFix: 'operator',
    cause,
  });

const bug = (cause: unknown): Fault =>
  new Fault({
    code: 'internal_error',
    category: 'bug',
    detail: 'Ultron made a mistake. Please give the trace id to its operators.',
    cause,
  });
