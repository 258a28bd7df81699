/** What a service said of a failed call, freed from the shape in which it said it. */
export interface ErrorStatement {
  /** The service's own name of the error, where it has one. */
  code: string | undefined;
  message: string;
  /** Seconds, from the body (Nova's `overLimit`). */
  retryAfterSeconds: number | undefined;
}

const MAX_MESSAGE = 2_000;

/**
 * Reads the body of an error answer. Neutron: `{NeutronError: {type, message, detail}}`; Keystone: `{error: {title,
 * message}}`; Placement and microversion errors: `{errors: [{title, detail, code}]}`; Nova: `{badRequest: {code,
 * message}}`, under a name that goes with the status; Glance: HTML or plain text; proxies: whatever they like.
 */
export function readErrorBody(body: string, status: number): ErrorStatement {
  const statement = fromJson(parse(body)) ?? {
    code: undefined,
    message: plainText(body),
    retryAfterSeconds: undefined,
  };
  const message = statement.message.slice(0, MAX_MESSAGE).trim();
  return { ...statement, message: message || `HTTP ${status} without a message` };
}

function fromJson(json: unknown): ErrorStatement | null {
  if (!isRecord(json)) return null;
  return fromNeutron(json) ?? fromList(json) ?? fromNamed(json) ?? fromFlat(json);
}

function fromNeutron(json: Record<string, unknown>): ErrorStatement | null {
  const error = json['NeutronError'];
  if (typeof error === 'string') return statement(undefined, error);
  if (!isRecord(error)) return null;
  const detail = text(error['detail']);
  return statement(text(error['type']), [text(error['message']), detail].filter(Boolean).join(' '));
}

function fromList(json: Record<string, unknown>): ErrorStatement | null {
  const first: unknown = Array.isArray(json['errors']) ? json['errors'][0] : undefined;
  if (!isRecord(first)) return null;
  return statement(text(first['code']), text(first['detail']) ?? text(first['title']) ?? '');
}

/** Nova and Keystone: one member, whose name is the code, or `error` with the title as code. */
function fromNamed(json: Record<string, unknown>): ErrorStatement | null {
  const named = Object.entries(json).find(
    ([, value]) => isRecord(value) && typeof value['message'] === 'string',
  );
  if (!named || !isRecord(named[1])) return null;
  const [name, value] = [named[0], named[1]];
  const code = name === 'error' ? text(value['title']) : name;
  return {
    ...statement(code, text(value['message']) ?? ''),
    retryAfterSeconds: seconds(value['retryAfter']),
  };
}

function fromFlat(json: Record<string, unknown>): ErrorStatement | null {
  const message = text(json['message']) ?? text(json['faultstring']) ?? text(json['error']);
  return message === undefined ? null : statement(text(json['code']) ?? text(json['title']), message);
}

function statement(code: string | undefined, message: string): ErrorStatement {
  return { code, message, retryAfterSeconds: undefined };
}

function plainText(body: string): string {
  return body
    .replace(/<(head|title|style|script)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
