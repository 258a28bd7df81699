import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  Validate,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { addField, type JsonSchema, type Reading, type Shape } from './field.registry.js';
import { TextMapRule, type TextMapLimits } from './text-map.rule.js';

/**
 * The fields of requests and answers. One decorator per field says at once how it is checked (class-validator),
 * what a caller is told when it is wrong, and how the OpenAPI document shows it.
 */
export interface FieldOptions {
  description: string;
  example?: unknown;
  /** The field may be left out. */
  optional?: boolean;
  /** The field may be `null`. */
  nullable?: boolean;
}

interface FieldKind {
  schema: JsonSchema;
  /** Ends the sentence "this field …", for people: `must be an integer from 1 to 100`. */
  rule: string;
  checks: (options: { message: string; each?: boolean }) => PropertyDecorator[];
  reading?: Reading;
  part?: () => Shape;
}

function field(options: FieldOptions, kind: FieldKind): PropertyDecorator {
  return (target, key) => {
    const { description, example, optional = false, nullable = false } = options;
    addField(target.constructor, {
      name: String(key),
      schema: kind.schema,
      description,
      example,
      optional,
      nullable,
      reading: kind.reading ?? 'text',
      part: kind.part,
    });
    const absent = (value: unknown) => (optional && value === undefined) || (nullable && value === null);
    if (optional || nullable) ValidateIf((_, value) => !absent(value))(target, key);
    for (const check of kind.checks({ message: kind.rule })) check(target, key);
  };
}

export interface TextOptions extends FieldOptions {
  /** Least number of characters; 1 unless told. */
  min?: number;
  /** Greatest number of characters; 255 unless told. */
  max?: number;
  pattern?: RegExp;
  /** What the pattern means, in words: "letters, digits and dashes". */
  patternText?: string;
  format?: string;
}

export function Text(options: TextOptions): PropertyDecorator {
  const { min = 1, max = 255, pattern, patternText, format } = options;
  const rule = `must be text of ${min} to ${max} characters${patternText ? `: ${patternText}` : ''}`;
  return field(options, {
    schema: {
      type: 'string',
      minLength: min,
      maxLength: max,
      ...(pattern ? { pattern: pattern.source } : {}),
      ...(format ? { format } : {}),
    },
    rule,
    checks: (o) => [IsString(o), Length(min, max, o), ...(pattern ? [Matches(pattern, o)] : [])],
  });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function Id(options: FieldOptions): PropertyDecorator {
  return field(
    { example: '01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b', ...options },
    {
      schema: { type: 'string', format: 'uuid' },
      rule: 'must be an id (a lower-case UUID)',
      checks: (o) => [Matches(UUID, o)],
    },
  );
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** A time as text, RFC 3339. */
export function Time(options: FieldOptions): PropertyDecorator {
  return field(
    { example: '2026-01-31T12:00:00.000Z', ...options },
    {
      schema: { type: 'string', format: 'date-time' },
      rule: 'must be a time such as 2026-01-31T12:00:00Z (RFC 3339)',
      checks: (o) => [Matches(RFC3339, o)],
    },
  );
}

export interface NumberOptions extends FieldOptions {
  min?: number;
  max?: number;
}

const range = ({ min, max }: NumberOptions): JsonSchema => ({
  ...(min === undefined ? {} : { minimum: min }),
  ...(max === undefined ? {} : { maximum: max }),
});

function rangeText({ min, max }: NumberOptions): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

const rangeChecks = ({ min, max }: NumberOptions, o: { message: string }): PropertyDecorator[] => [
  ...(min === undefined ? [] : [Min(min, o)]),
  ...(max === undefined ? [] : [Max(max, o)]),
];

export function Integer(options: NumberOptions): PropertyDecorator {
  return field(options, {
    schema: { type: 'integer', ...range(options) },
    rule: `must be an integer${rangeText(options)}`,
    checks: (o) => [IsInt(o), ...rangeChecks(options, o)],
    reading: 'integer',
  });
}

/** A number that need not be whole, such as a share. */
export function Decimal(options: NumberOptions): PropertyDecorator {
  return field(options, {
    schema: { type: 'number', ...range(options) },
    rule: `must be a number${rangeText(options)}`,
    checks: (o) => [IsNumber({}, o), ...rangeChecks(options, o)],
  });
}

export function Bool(options: FieldOptions): PropertyDecorator {
  return field(options, {
    schema: { type: 'boolean' },
    rule: 'must be true or false',
    checks: (o) => [IsBoolean(o)],
    reading: 'boolean',
  });
}

export function OneOf(values: readonly string[], options: FieldOptions): PropertyDecorator {
  return field(
    { example: values[0], ...options },
    {
      schema: { type: 'string', enum: values },
      rule: `must be one of ${values.join(', ')}`,
      checks: (o) => [IsIn([...values], o)],
    },
  );
}

export interface ListOptions extends FieldOptions {
  /** Least number of items; 0 unless told. */
  min?: number;
  /** Greatest number of items; 100 unless told. */
  max?: number;
}

/** A list of short texts; in a query string they are separated by commas. */
export function Texts(options: ListOptions & { itemMax?: number }): PropertyDecorator {
  const { min = 0, max = 100, itemMax = 255 } = options;
  return field(options, {
    schema: {
      type: 'array',
      minItems: min,
      maxItems: max,
      items: { type: 'string', minLength: 1, maxLength: itemMax },
    },
    rule: `must be a list of ${min} to ${max} texts of 1 to ${itemMax} characters`,
    checks: (o) => [
      IsArray(o),
      ArrayMinSize(min, o),
      ArrayMaxSize(max, o),
      Length(1, itemMax, { ...o, each: true }),
    ],
    reading: 'texts',
  });
}

/** An object with text values, such as metadata. */
export function TextMap(options: FieldOptions & TextMapLimits): PropertyDecorator {
  const { maxEntries = 64, maxKey = 255, maxValue = 255 } = options;
  return field(options, {
    schema: {
      type: 'object',
      maxProperties: maxEntries,
      additionalProperties: { type: 'string', maxLength: maxValue },
    },
    rule: `must be an object of at most ${maxEntries} texts (keys of 1 to ${maxKey}, values of at most ${maxValue} characters)`,
    checks: (o) => [Validate(TextMapRule, [{ maxEntries, maxKey, maxValue }], o)],
  });
}

/** A nested object of another shape. */
export function Part(part: () => Shape, options: FieldOptions): PropertyDecorator {
  return field(options, {
    schema: { type: 'object' },
    rule: 'must be an object',
    checks: (o) => [IsObject(o), ValidateNested(o)],
    part,
  });
}

/** A list of nested objects of another shape. */
export function Parts(part: () => Shape, options: ListOptions): PropertyDecorator {
  const { min = 0, max = 100 } = options;
  return field(options, {
    schema: { type: 'array', minItems: min, maxItems: max },
    rule: `must be a list of ${min} to ${max} objects`,
    checks: (o) => [
      IsArray(o),
      ArrayMinSize(min, o),
      ArrayMaxSize(max, o),
      IsObject({ ...o, each: true }),
      ValidateNested({ ...o, each: true }),
    ],
    part,
  });
}

/** A JSON object whose members are not fixed here. */
export function AnyJson(options: FieldOptions): PropertyDecorator {
  return field(options, {
    schema: { type: 'object', additionalProperties: true },
    rule: 'must be an object',
    checks: (o) => [IsObject(o)],
  });
}
