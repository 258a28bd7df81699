import { Fault } from '@ultron/kernel/fault';

// MySQL's and MariaDB's numbers; the names that the driver gives differ between the two servers.
const DEADLOCK = 1213;
const LOCK_WAIT_TIMEOUT = 1205;
const DUPLICATE_ENTRY = 1062;
// MariaDB says this where a row changed between the snapshot and the lock.
const RECORD_CHANGED = 1020;

const LOST = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_SESSION_WAS_KILLED',
  'ER_CLIENT_INTERACTION_TIMEOUT',
]);

interface DriverError {
  errno?: unknown;
  code?: unknown;
}

export function isContention(error: unknown): boolean {
  const { errno } = driverError(error);
  return errno === DEADLOCK || errno === LOCK_WAIT_TIMEOUT || errno === RECORD_CHANGED;
}

export function isDuplicate(error: unknown): boolean {
  return driverError(error).errno === DUPLICATE_ENTRY;
}

export function isConnectionLoss(error: unknown): boolean {
  const { code } = driverError(error);
  return (typeof code === 'string' && LOST.has(code)) || closedState(error);
}

// mysql2 has no code for the use of a connection that a lost server closed.
function closedState(error: unknown): boolean {
  return error instanceof Error && /connection is in closed state|Pool is closed/i.test(error.message);
}

function driverError(error: unknown): DriverError {
  if (typeof error !== 'object' || error === null) return {};
  if ('driverError' in error) return driverError(error.driverError);
  return error;
}

/** What a failed statement means, when it is the database's state and not the statement that is to blame. */
export function databaseFault(error: unknown): Fault | undefined {
  if (isConnectionLoss(error)) return databaseUnavailable(error);
  return isContention(error) ? databaseBusy(error) : undefined;
}

export function databaseUnavailable(cause: unknown): Fault {
  return new Fault({
    code: 'database_unavailable',
    category: 'unavailable',
    detail: 'The database cannot be reached at present; try again in a moment.',
    retryAfterMs: 2_000,
    whoCanFix: 'operator',
    cause,
  });
}

export function databaseBusy(cause: unknown): Fault {
  return new Fault({
    code: 'database_busy',
    category: 'unavailable',
    detail: 'Too many changes meet in the same rows at present; try again in a moment.',
    retryAfterMs: 500,
    whoCanFix: 'operator',
    cause,
  });
}
