type Node = Readonly<Record<string, unknown>>;

export interface SchemaChange {
  /** A JSON pointer into the value, with `*` for the items of a list. */
  pointer: string;
  change: string;
}

export interface SchemaDiffContext {
  /** The whole documents, for references. */
  before: Node;
  after: Node;
  /** What we take may grow wider, what we give may grow narrower; the other way round breaks programs. */
  side: 'request' | 'response';
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const node = (value: unknown): Node => (isNode(value) ? value : {});
const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];

/** The changes between two schemas that break a program which relied on the older one. */
export function compareSchemas(older: Node, newer: Node, context: SchemaDiffContext): SchemaChange[] {
  return new SchemaDiff(context).compare(older, newer, '');
}

class SchemaDiff {
  private readonly changes: SchemaChange[] = [];
  private readonly seen = new Set<string>();

  constructor(private readonly context: SchemaDiffContext) {}

  compare(older: Node, newer: Node, pointer: string): SchemaChange[] {
    const reference = older['$ref'];
    if (typeof reference === 'string') {
      if (this.seen.has(`${reference} ${pointer}`)) return this.changes;
      this.seen.add(`${reference} ${pointer}`);
    }
    const before = plain(older, this.context.before);
    const after = plain(newer, this.context.after);
    this.types(before, after, pointer);
    this.enums(before, after, pointer);
    if (this.context.side === 'request') this.limits(before, after, pointer);
    this.fields(before, after, pointer);
    if (isNode(before['items']) && isNode(after['items']))
      this.compare(before['items'], after['items'], `${pointer}/*`);
    return this.changes;
  }

  private types(before: Node, after: Node, pointer: string): void {
    const was = list(before['type']);
    const is = list(after['type']);
    const [wide, narrow] = this.context.side === 'request' ? [is, was] : [was, is];
    const beyond = narrow.filter((type) => !wide.includes(type));
    if (beyond.length) this.say(pointer, `changed its type from ${was.join(' or ')} to ${is.join(' or ')}`);
  }

  private enums(before: Node, after: Node, pointer: string): void {
    const now = list(after['enum']);
    if (before['enum'] === undefined) {
      if (now.length && this.context.side === 'request')
        this.say(pointer, `takes only ${now.join(', ')} now`);
      return;
    }
    if (after['enum'] === undefined) return;
    const gone = list(before['enum']).filter((value) => !now.includes(value));
    if (gone.length) this.say(pointer, `no longer knows ${gone.join(', ')}`);
  }

  private limits(before: Node, after: Node, pointer: string): void {
    for (const name of ['maxLength', 'maximum', 'maxItems', 'maxProperties']) {
      if (tighter(before[name], after[name], (was, is) => is < was))
        this.say(pointer, `has a smaller ${name}`);
    }
    for (const name of ['minLength', 'minimum', 'minItems']) {
      if (tighter(before[name], after[name], (was, is) => is > was))
        this.say(pointer, `has a greater ${name}`);
    }
    if (after['pattern'] !== undefined && after['pattern'] !== before['pattern']) {
      this.say(pointer, 'has another pattern');
    }
  }

  private fields(before: Node, after: Node, pointer: string): void {
    const was = node(before['properties']);
    const is = node(after['properties']);
    for (const [name, schema] of Object.entries(was)) {
      const now = is[name];
      if (isNode(now)) this.compare(node(schema), now, `${pointer}/${name}`);
      else this.say(`${pointer}/${name}`, 'was removed');
    }
    const needed = list(before['required']);
    const needs = list(after['required']);
    if (this.context.side === 'request') {
      for (const name of needs)
        if (!needed.includes(name)) this.say(`${pointer}/${String(name)}`, 'is required now');
    } else {
      for (const name of needed) {
        if (!needs.includes(name) && String(name) in is)
          this.say(`${pointer}/${String(name)}`, 'may be missing now');
      }
    }
  }

  private say(pointer: string, change: string): void {
    this.changes.push({ pointer, change });
  }
}

function tighter(was: unknown, is: unknown, worse: (was: number, is: number) => boolean): boolean {
  if (typeof is !== 'number') return false;
  return typeof was !== 'number' || worse(was, is);
}

/** Follows references, and turns "this or null" into the type list that plain schemas use. */
function plain(schema: Node, document: Node): Node {
  const reference = schema['$ref'];
  if (typeof reference === 'string') return plain(resolve(reference, document), document);
  const branches = list(schema['oneOf']).filter(isNode);
  const [branch] = branches.filter(({ type }) => type !== 'null');
  if (!branch) return schema;
  const inner = plain(branch, document);
  return { ...inner, type: [...list(inner['type']), ...(branches.length > 1 ? ['null'] : [])] };
}

function resolve(reference: string, document: Node): Node {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<Node>((at, name) => node(at[name]), document);
}
