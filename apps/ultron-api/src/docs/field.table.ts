import { fieldsOf, type FieldSpec, type Shape } from '../http/field/field.registry.js';
import { html, type Html, inline } from './html.js';

/** Whose fields they are: callers must know which ones they have to send. */
export type Side = 'request' | 'answer';

/** The fields of a shape as a table; nested shapes can be unfolded below the field. */
export function fieldTable(shape: Shape, side: Side, within: readonly Shape[] = []): Html {
  const rows = [...fieldsOf(shape).values()].map((field) => [
    row(field, side),
    nested(field, side, [...within, shape]),
  ]);
  return html`<div class="scroll">
    <table>
      ${rows}
    </table>
  </div>`;
}

function row(field: FieldSpec, side: Side): Html {
  const need = side === 'request' && !field.optional ? html`<span class="need">required</span>` : undefined;
  return html`<tr>
    <td class="name"><code>${field.name}</code>${need}<span class="type">${typeOf(field)}</span></td>
    <td>
      <p>${inline(field.description)}</p>
      ${rule(field)}
    </td>
  </tr>`;
}

function typeOf(field: FieldSpec): string {
  const type = field.part && field.schema['type'] === 'array' ? 'list of objects' : typeText(field.schema);
  return field.nullable ? `${type} or null` : type;
}

function typeText(schema: FieldSpec['schema']): string {
  switch (schema['type']) {
    case 'array':
      return 'list of texts';
    case 'string':
      return schema['format'] === 'date-time' ? 'time' : schema['format'] === 'uuid' ? 'id' : 'text';
    default:
      return String(schema['type']);
  }
}

function rule({ schema, example, part }: FieldSpec): Html | undefined {
  const parts = [
    enumText(schema),
    rangeText(schema),
    lengthText(schema),
    part ? undefined : exampleText(example),
  ];
  const said = parts.filter((part) => part !== undefined);
  return said.length
    ? html`<p class="rule">${said.map((part, i) => (i ? html` · ${part}` : part))}</p>`
    : undefined;
}

function enumText(schema: FieldSpec['schema']): Html | undefined {
  const values = schema['enum'];
  if (!Array.isArray(values)) return undefined;
  return html`one of ${values.map((value, i) => html`${i ? ', ' : ''}<code>${String(value)}</code>`)}`;
}

function rangeText({ minimum, maximum }: FieldSpec['schema']): Html | undefined {
  if (maximum === undefined) return undefined;
  return html`${String(minimum ?? '…')} to ${String(maximum)}`;
}

function lengthText({ type, maxLength, maxItems }: FieldSpec['schema']): Html | undefined {
  if (type === 'array' && maxItems !== undefined) return html`at most ${String(maxItems)} items`;
  return typeof maxLength === 'number' && maxLength !== 255
    ? html`at most ${maxLength} characters`
    : undefined;
}

const exampleText = (example: unknown): Html | undefined =>
  example === undefined || example === null
    ? undefined
    : html`such as <code>${JSON.stringify(example)}</code>`;

function nested(field: FieldSpec, side: Side, within: readonly Shape[]): Html | undefined {
  const part = field.part?.();
  if (!part || within.includes(part)) return undefined;
  const fields = fieldTable(part, side, within);
  const summary = html`<summary>the fields of <code>${field.name}</code></summary>`;
  return html`<tr class="nested">
    <td colspan="2">
      <details>
        ${summary}
        <div class="inner">${fields}</div>
      </details>
    </td>
  </tr>`;
}
