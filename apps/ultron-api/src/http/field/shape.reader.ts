import type { FieldFault } from '@ultron/kernel/fault';
import { type ValidationError, validateSync } from 'class-validator';
import { fieldsOf, type FieldSpec, type Reading, type Shape } from './field.registry.js';

/** Where a value comes from: parsed JSON, or a query string whose values are all text. */
export type Source = 'json' | 'query';

export interface ReadShape<T> {
  value: T;
  faults: FieldFault[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Turns parsed JSON (or a parsed query string) into an instance of the shape and names everything wrong with it. */
export function readShape<T extends object>(shape: Shape<T>, input: unknown, source: Source): ReadShape<T> {
  const faults: FieldFault[] = [];
  const base = source === 'query' ? '?' : '';
  if (!isRecord(input)) {
    return { value: new shape(), faults: [{ pointer: '', detail: 'must be a JSON object' }] };
  }
  const value = fill(shape, input, base, source, faults);
  for (const error of validateSync(value, VALIDATION)) collect(error, base, faults);
  return { value, faults };
}

const VALIDATION = { forbidUnknownValues: false, validationError: { target: false } };

function fill<T extends object>(
  shape: Shape<T>,
  input: Record<string, unknown>,
  base: string,
  source: Source,
  faults: FieldFault[],
): T {
  const fields = fieldsOf(shape);
  const filled = new shape();
  const target = filled as Record<string, unknown>;
  for (const name of Object.keys(input)) {
    const spec = fields.get(name);
    if (spec) target[name] = convert(spec, input[name], pointerTo(base, name), source, faults);
    else faults.push({ pointer: pointerTo(base, name), detail: unknownField(source, fields) });
  }
  return filled;
}

function convert(
  spec: FieldSpec,
  raw: unknown,
  pointer: string,
  source: Source,
  faults: FieldFault[],
): unknown {
  if (source === 'query') return fromText(spec.reading, raw);
  const part = spec.part?.();
  if (!part) return raw;
  if (Array.isArray(raw)) {
    return raw.map((item, i) =>
      isRecord(item) ? fill(part, item, `${pointer}/${i}`, source, faults) : item,
    );
  }
  return isRecord(raw) ? fill(part, raw, pointer, source, faults) : raw;
}

function fromText(reading: Reading, raw: unknown): unknown {
  if (typeof raw !== 'string') return raw;
  switch (reading) {
    case 'integer':
      return /^-?\d{1,15}$/.test(raw) ? Number(raw) : raw;
    case 'boolean':
      return raw === 'true' ? true : raw === 'false' ? false : raw;
    case 'texts':
      return raw.split(',');
    case 'text':
      return raw;
  }
}

function unknownField(source: Source, fields: ReadonlyMap<string, FieldSpec>): string {
  const kind = source === 'query' ? 'parameter' : 'field';
  const known = [...fields.keys()];
  return known.length
    ? `is an unknown ${kind}; known here: ${known.join(', ')}`
    : `is an unknown ${kind}; none is taken here`;
}

function collect(error: ValidationError, base: string, faults: FieldFault[]): void {
  const pointer = pointerTo(base, error.property);
  const rules = new Set(Object.values(error.constraints ?? {}));
  for (const rule of rules) {
    faults.push({ pointer, detail: error.value === undefined ? `is required: it ${rule}` : rule });
  }
  // A list of objects that is no list at all was said already; its items add nothing.
  if (rules.size === 0) for (const child of error.children ?? []) collect(child, pointer, faults);
}

/** RFC 6901 for JSON; `?name` for a parameter of the query. */
function pointerTo(base: string, name: string): string {
  if (base === '?') return `?${name}`;
  return `${base}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
