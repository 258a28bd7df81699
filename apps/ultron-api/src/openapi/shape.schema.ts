import { fieldsOf, type FieldSpec, type JsonSchema, type Shape } from '../http/field/field.registry.js';

/** Collects the schemas of shapes as components of one document. */
export class ShapeSchemas {
  private readonly shapes = new Map<string, Shape>();
  readonly components: Record<string, JsonSchema> = {};

  /** `closed`: other fields than those declared are refused, as in bodies of requests. */
  refTo(shape: Shape, closed: boolean): JsonSchema {
    const { name } = shape;
    const known = this.shapes.get(name);
    if (known !== undefined && known !== shape) throw new Error(`two shapes are named ${name}`);
    if (known === undefined) {
      this.shapes.set(name, shape);
      this.components[name] = {};
      this.components[name] = this.objectOf(shape, closed);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  /** The schema of one field, with its description and example. */
  ofField(field: FieldSpec, closed: boolean): JsonSchema {
    const { description, example } = field;
    const schema = field.nullable ? orNull(this.bare(field, closed)) : this.bare(field, closed);
    return { ...schema, description, ...(example === undefined ? {} : { examples: [example] }) };
  }

  private bare(field: FieldSpec, closed: boolean): JsonSchema {
    const part = field.part?.();
    if (!part) return field.schema;
    const ref = this.refTo(part, closed);
    return field.schema['type'] === 'array' ? { ...field.schema, items: ref } : ref;
  }

  private objectOf(shape: Shape, closed: boolean): JsonSchema {
    const fields = [...fieldsOf(shape).values()];
    const required = fields.filter(({ optional }) => !optional).map(({ name }) => name);
    return {
      type: 'object',
      properties: Object.fromEntries(fields.map((field) => [field.name, this.ofField(field, closed)])),
      ...(required.length ? { required } : {}),
      ...(closed ? { additionalProperties: false } : {}),
    };
  }
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  if (typeof type !== 'string') return { oneOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [type, 'null'],
    ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}),
  };
}
