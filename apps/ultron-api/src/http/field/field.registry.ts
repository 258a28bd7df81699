/** A class whose fields are declared with the decorators of `field.decorator.ts`. */
export type Shape<T extends object = object> = new () => T;

export type JsonSchema = Record<string, unknown>;

/** How text from a query string becomes the value of a field. */
export type Reading = 'text' | 'integer' | 'boolean' | 'texts';

export interface FieldSpec {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly description: string;
  readonly example: unknown;
  readonly optional: boolean;
  readonly nullable: boolean;
  readonly reading: Reading;
  /** The shape of a nested object, or of the items of a list of objects. */
  readonly part: (() => Shape) | undefined;
}

const own = new WeakMap<object, Map<string, FieldSpec>>();
const merged = new WeakMap<object, ReadonlyMap<string, FieldSpec>>();

export function addField(shape: object, field: FieldSpec): void {
  const fields = own.get(shape) ?? new Map<string, FieldSpec>();
  own.set(shape, fields.set(field.name, field));
}

/** The fields of a shape, those it inherits first. Complete once the module of the shape is loaded. */
export function fieldsOf(shape: object): ReadonlyMap<string, FieldSpec> {
  const known = merged.get(shape);
  if (known) return known;
  const parent: unknown = Object.getPrototypeOf(shape);
  const inherited = typeof parent === 'function' && parent !== Function.prototype ? fieldsOf(parent) : [];
  const fields = new Map([...inherited, ...(own.get(shape) ?? [])]);
  merged.set(shape, fields);
  return fields;
}

/** Whether the value is a class with declared fields (and not, say, `String`). */
export function isShape(value: unknown): value is Shape {
  return typeof value === 'function' && value !== Object && (own.has(value) || fieldsOf(value).size > 0);
}
