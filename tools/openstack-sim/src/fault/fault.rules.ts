/** One disturbance. Times are in milliseconds, `retryAfter` in seconds (as in the header). */
export type FaultEffect =
  | { kind: 'status'; status: number; retryAfter?: number; message?: string }
  | { kind: 'slow'; ms: number }
  | { kind: 'hang' }
  | { kind: 'reset' }
  | { kind: 'drop-answer' }
  | { kind: 'no-valid-host' }
  | { kind: 'quota' }
  | { kind: 'short-page'; keep: number; silent?: boolean }
  | { kind: 'stale-page'; ms: number }
  | { kind: 'down-cell'; cell: string }
  | { kind: 'expired-token' };

/** Which requests are disturbed; every member given must fit. */
export interface FaultRule {
  id: string;
  cluster?: string;
  service?: string;
  method?: string;
  /** A regular expression over the path inside the service, with its query. */
  path?: string;
  /** The share of the fitting requests, 0 to 1. */
  probability?: number;
  /** How often it strikes before it is used up. */
  times?: number;
  /** How many fitting requests pass first. */
  after?: number;
  effect: FaultEffect;
}

export interface Target {
  cluster: string;
  service: string;
  method: string;
  /** Path and query. */
  url: string;
}

/** Whether the rule speaks of this request at all (its chance and count aside). */
export function fits(rule: FaultRule, target: Target): boolean {
  return (
    (rule.cluster === undefined || rule.cluster === target.cluster) &&
    (rule.service === undefined || rule.service === target.service) &&
    (rule.method === undefined || rule.method.toUpperCase() === target.method) &&
    (rule.path === undefined || new RegExp(rule.path).test(target.url))
  );
}

/**
 * Reads the header `X-Sim-Fault`: effects parted by commas, each `kind` or `kind=value`, options after semicolons:
 * `status=503;retry-after=2`, `slow=500`, `short-page=10;silent`, `down-cell=cell1`, `drop-answer`.
 */
export function parseFaultHeader(text: string): FaultEffect[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseEffect);
}

function parseEffect(text: string): FaultEffect {
  const [head = '', ...options] = text.split(';').map((part) => part.trim());
  const [kind = '', value = ''] = head.split('=');
  const option = (name: string) =>
    options.find((o) => o === name || o.startsWith(`${name}=`))?.slice(name.length + 1);
  switch (kind) {
    case 'status': {
      const retryAfter = option('retry-after');
      return {
        kind,
        status: number(value, kind),
        ...(retryAfter === undefined ? {} : { retryAfter: number(retryAfter, 'retry-after') }),
      };
    }
    case 'slow':
    case 'stale-page':
      return { kind, ms: number(value, kind) };
    case 'short-page':
      return { kind, keep: number(value, kind), silent: option('silent') !== undefined };
    case 'down-cell':
      return { kind, cell: value || 'cell1' };
    case 'hang':
    case 'reset':
    case 'drop-answer':
    case 'no-valid-host':
    case 'quota':
    case 'expired-token':
      return { kind };
    default:
      throw new Error(`X-Sim-Fault: unknown fault "${kind}"`);
  }
}

function number(text: string, what: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`X-Sim-Fault: "${what}" needs a number`);
  return value;
}

const NUMBERS: Partial<Record<FaultEffect['kind'], string>> = {
  status: 'status',
  slow: 'ms',
  'stale-page': 'ms',
  'short-page': 'keep',
};
const KINDS = [
  'status',
  'slow',
  'hang',
  'reset',
  'drop-answer',
  'no-valid-host',
  'quota',
  'short-page',
  'stale-page',
  'down-cell',
  'expired-token',
];

/** A rule as it came over the control API; throws an Error that says what is wrong. */
export function parseRule(input: unknown, id: string): FaultRule {
  if (!isRecord(input) || !isRecord(input['effect']))
    throw new Error('A rule is an object with an "effect".');
  const known = new Set([
    'id',
    'cluster',
    'service',
    'method',
    'path',
    'probability',
    'times',
    'after',
    'effect',
  ]);
  const unknown = Object.keys(input).find((key) => !known.has(key));
  if (unknown) throw new Error(`Unknown member "${unknown}" of a rule.`);
  const kind = input['effect']['kind'];
  if (typeof kind !== 'string' || !KINDS.includes(kind))
    throw new Error(`"effect.kind" is one of ${KINDS.join(', ')}.`);
  const needed = NUMBERS[kind as FaultEffect['kind']];
  if (needed && typeof input['effect'][needed] !== 'number')
    throw new Error(`"effect.${needed}" must be a number.`);
  if (kind === 'down-cell') input['effect']['cell'] ??= 'cell1';
  if (typeof input['path'] === 'string') new RegExp(input['path']);
  return { ...input, id } as FaultRule;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
