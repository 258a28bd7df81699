import type { Answer } from './raw-cloud.js';

/**
 * What an answer looks like without its values: a scalar's type, an object's keys, the one shape that an array's
 * elements share. `any` fits whatever there is: nulls and empty arrays tell nothing.
 */
export type Shape =
  'string' | 'number' | 'boolean' | 'any' | 'mixed' | `=${string}` | [Shape] | { [key: string]: Shape };

/** One recorded answer. */
export interface Recorded {
  status: number;
  /** Those of the telling headers that were there. */
  headers: string[];
  body: Shape;
}

/** Answers by the name of the question. */
export type Recording = Record<string, Recorded>;

const TELLING_HEADERS = [
  'content-type',
  'location',
  'openstack-api-version',
  'retry-after',
  'vary',
  'www-authenticate',
  'x-compute-request-id',
  'x-openstack-nova-api-version',
  'x-openstack-request-id',
  'x-subject-token',
];

/** Keys whose value is part of the contract. */
const TELLING_VALUES = new Set(['code', 'type', 'title']);

/** Objects used as maps: their keys are data, so one shape stands for all their values. */
const MAPS = new Set(['metadata', 'addresses', 'extra_specs', 'hosts', 'binding:vif_details']);

export function record(answer: Answer): Recorded {
  const headers = TELLING_HEADERS.filter((name) => answer.headers.has(name));
  return { status: answer.status, headers, body: shapeOf(answer.body) };
}

export function shapeOf(value: unknown, key = ''): Shape {
  if (value === null || value === undefined) return 'any';
  if (Array.isArray(value)) return [value.map((each) => shapeOf(each)).reduce(merged, 'any')];
  if (typeof value === 'object') return MAPS.has(key) ? mapShape(value) : objectShape(value);
  if (TELLING_VALUES.has(key) && typeof value !== 'boolean') return `=${String(value as string | number)}`;
  return scalarShape(value);
}

function scalarShape(value: unknown): Shape {
  if (typeof value === 'string') return 'string';
  return typeof value === 'number' ? 'number' : 'boolean';
}

function objectShape(value: object): Shape {
  const entries = Object.entries(value).map(([name, each]) => [name, shapeOf(each, name)] as const);
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function mapShape(value: object): Shape {
  return {
    '*': Object.values(value)
      .map((each) => shapeOf(each))
      .reduce(merged, 'any'),
  };
}

function merged(left: Shape, right: Shape): Shape {
  if (left === 'any') return right;
  if (right === 'any') return left;
  if (Array.isArray(left) && Array.isArray(right)) return [merged(left[0], right[0])];
  if (isObject(left) && isObject(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    return Object.fromEntries(keys.map((key) => [key, merged(left[key] ?? 'any', right[key] ?? 'any')]));
  }
  if (left === right) return left;
  return isText(left) && isText(right) ? 'string' : 'mixed';
}

/** What is different in `seen`, one line each; nothing when it looks as `wanted` does. */
export function differences(wanted: Recorded, seen: Recorded): string[] {
  const lines = wanted.status === seen.status ? [] : [`status is ${seen.status}, not ${wanted.status}`];
  const missing = wanted.headers.filter((name) => !seen.headers.includes(name));
  const extra = seen.headers.filter((name) => !wanted.headers.includes(name));
  lines.push(
    ...missing.map((name) => `header ${name} is missing`),
    ...extra.map((name) => `header ${name} is extra`),
  );
  return [...lines, ...shapeDifferences(wanted.body, seen.body, '')];
}

function shapeDifferences(wanted: Shape, seen: Shape, path: string): string[] {
  if (wanted === 'any' || seen === 'any' || wanted === 'mixed' || seen === 'mixed') return [];
  if (Array.isArray(wanted) && Array.isArray(seen)) return shapeDifferences(wanted[0], seen[0], `${path}[]`);
  if (isObject(wanted) && isObject(seen)) return objectDifferences(wanted, seen, path);
  if (wanted === seen) return [];
  if (
    (wanted === 'string' && isText(seen)) ||
    (seen === 'string' && isText(wanted) && !path.endsWith('code'))
  )
    return [];
  return [`${path || 'body'} is ${label(seen)}, not ${label(wanted)}`];
}

function objectDifferences(
  wanted: { [key: string]: Shape },
  seen: { [key: string]: Shape },
  path: string,
): string[] {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(seen)])];
  return keys.flatMap((key) => {
    const [left, right] = [wanted[key], seen[key]];
    if (left === undefined) return [`${path}.${key} is extra`];
    if (right === undefined) return [`${path}.${key} is missing`];
    return shapeDifferences(left, right, `${path}.${key}`);
  });
}

const isObject = (shape: Shape): shape is { [key: string]: Shape } =>
  typeof shape === 'object' && !Array.isArray(shape);
const isText = (shape: Shape) => shape === 'string' || (typeof shape === 'string' && shape.startsWith('='));
const label = (shape: Shape) =>
  typeof shape === 'string' ? shape : Array.isArray(shape) ? 'an array' : 'an object';
