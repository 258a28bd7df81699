import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { currentContext } from '../context/request-context.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
export type LogFields = Record<string, unknown>;

/** Writes JSON lines; each carries the trace id, the task and the step of the code that wrote it. */
export class Log {
  constructor(private readonly pino: Pino) {}

  debug(message: string, fields: LogFields = {}): void {
    this.pino.debug(fields, message);
  }
  info(message: string, fields: LogFields = {}): void {
    this.pino.info(fields, message);
  }
  warn(message: string, fields: LogFields = {}): void {
    this.pino.warn(fields, message);
  }
  /** `error` may be anything that was thrown. */
  error(message: string, fields: LogFields & { error?: unknown } = {}): void {
    const { error, ...rest } = fields;
    this.pino.error(error === undefined ? rest : { ...rest, err: error }, message);
  }
  child(fields: LogFields): Log {
    return new Log(this.pino.child(fields));
  }
  /** For lines whose fields are all known to hold no secret: looking for some costs ten times the line itself. */
  ofKnownFields(): Log {
    return new Log(this.pino.child({}, { redact: { paths: [] } }));
  }
}

export interface LogOptions {
  /** The process: `ultron-api`, `ultron-conductor`. */
  service: string;
  level: LogLevel;
  /** Standard output when it is not given. */
  destination?: DestinationStream | undefined;
}

const SECRETS = ['password', 'token', 'secret', 'authorization', 'credential', 'credentials', 'user_data'];
const REDACTED = [
  ...SECRETS,
  ...SECRETS.map((name) => `*.${name}`),
  ...SECRETS.map((name) => `*.*.${name}`),
  '*["x-auth-token"]',
  '*["x-subject-token"]',
  '*.*["x-auth-token"]',
];

export function openLog(options: LogOptions): Log {
  const settings = {
    level: options.level,
    base: { service: options.service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    mixin: contextFields,
  };
  return new Log(options.destination ? pino(settings, options.destination) : pino(settings));
}

/** For tests and tools that have nothing to say. */
export function silentLog(): Log {
  return new Log(pino({ level: 'silent' }));
}

function contextFields(): LogFields {
  const context = currentContext();
  if (!context) return {};
  return {
    trace_id: context.traceId,
    request_id: context.requestId,
    ...(context.projectId ? { project_id: context.projectId } : {}),
    ...(context.taskId ? { task_id: context.taskId } : {}),
    ...(context.step ? { step: context.step } : {}),
  };
}
