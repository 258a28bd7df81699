import { compareSchemas } from './schema.diff.js';

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const node = (value: unknown): Node => (isNode(value) ? value : {});
const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

/**
 * What of a contract would break a program written for the older one, in words. An empty list means that everything
 * which worked goes on working.
 */
export function breakingChanges(older: object, newer: object): string[] {
  const before = node(older);
  const after = node(newer);
  const problems: string[] = [];
  for (const [path, operations] of Object.entries(node(before['paths']))) {
    const now = node(node(after['paths'])[path]);
    for (const [method, operation] of Object.entries(node(operations))) {
      const where = `${method.toUpperCase()} ${path}`;
      if (!isNode(now[method])) problems.push(`${where} was removed`);
      else problems.push(...new OperationDiff(where, before, after).compare(node(operation), now[method]));
    }
  }
  return problems;
}

class OperationDiff {
  private readonly problems: string[] = [];

  constructor(
    private readonly where: string,
    private readonly before: Node,
    private readonly after: Node,
  ) {}

  compare(older: Node, newer: Node): string[] {
    if (older['operationId'] !== newer['operationId']) this.say('has another operationId');
    if (older['x-role'] === undefined && newer['x-role'] === 'admin') this.say('is for admins alone now');
    this.parameters(nodes(older['parameters']), nodes(newer['parameters']));
    this.body(node(older['requestBody']), node(newer['requestBody']));
    this.responses(node(older['responses']), node(newer['responses']));
    return this.problems;
  }

  private parameters(older: Node[], newer: Node[]): void {
    const find = (list: Node[], { name, in: place }: Node) =>
      list.find((p) => p['name'] === name && p['in'] === place);
    for (const parameter of older) {
      const now = find(newer, parameter);
      const name = `the parameter ${String(parameter['name'])}`;
      if (!now) this.say(`no longer takes ${name}`);
      else {
        if (!parameter['required'] && now['required']) this.say(`requires ${name} now`);
        this.schemas(name, parameter, now, 'request');
      }
    }
    for (const parameter of newer) {
      if (parameter['required'] && !find(older, parameter)) {
        this.say(`requires the new parameter ${String(parameter['name'])}`);
      }
    }
  }

  private body(older: Node, newer: Node): void {
    if (!older['required'] && newer['required']) this.say('requires a body now');
    for (const [mediaType, media] of Object.entries(node(older['content']))) {
      const now = node(newer['content'])[mediaType];
      if (isNode(now)) this.schemas('the body', node(media), now, 'request');
      else this.say(`no longer takes a body of ${mediaType}`);
    }
  }

  /** Problems may come and go: programs must understand all of them by their category. */
  private responses(older: Node, newer: Node): void {
    for (const [status, response] of Object.entries(older)) {
      if (!status.startsWith('2')) continue;
      const now = newer[status];
      if (!isNode(now)) this.say(`no longer answers ${status}`);
      else this.contents(status, node(node(response)['content']), node(now['content']));
    }
  }

  private contents(status: string, older: Node, newer: Node): void {
    for (const [mediaType, media] of Object.entries(older)) {
      const now = newer[mediaType];
      if (isNode(now)) this.schemas(`the answer ${status}`, node(media), now, 'response');
      else this.say(`no longer answers ${status} with ${mediaType}`);
    }
  }

  private schemas(what: string, older: Node, newer: Node, side: 'request' | 'response'): void {
    const changes = compareSchemas(node(older['schema']), node(newer['schema']), {
      before: this.before,
      after: this.after,
      side,
    });
    for (const { pointer, change } of changes)
      this.say(`${what}${pointer ? ` at ${pointer}` : ''} ${change}`);
  }

  private say(problem: string): void {
    this.problems.push(`${this.where} ${problem}`);
  }
}
