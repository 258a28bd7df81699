import { fieldsOf, type FieldSpec, type Shape } from '../http/field/field.registry.js';

/** An example of a shape, put together from the examples of its fields. */
export function exampleOf(shape: Shape, withOptional = true): Record<string, unknown> {
  const fields = [...fieldsOf(shape).values()].filter(({ optional }) => withOptional || !optional);
  const entries = fields.map((field) => [field.name, exampleOfField(field, withOptional)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function exampleOfField(field: FieldSpec, withOptional: boolean): unknown {
  if (field.example !== undefined) return field.example;
  const part = field.part?.();
  if (part) {
    const inner = exampleOf(part, withOptional);
    return field.schema['type'] === 'array' ? [inner] : inner;
  }
  if (field.optional) return undefined;
  return field.nullable ? null : plainExample(field.schema);
}

function plainExample(schema: Readonly<Record<string, unknown>>): unknown {
  switch (schema['type']) {
    case 'integer':
    case 'number':
      return schema['minimum'] ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return 'text';
  }
}
