import type { Handler } from './call.js';

export interface Route {
  handler: Handler;
  /** Served without a token: version documents and the token request. */
  open: boolean;
  /** The pattern, used as the kind of call in counters, for example `GET /v2.1/servers/:id`. */
  kind: string;
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

interface Node {
  fixed: Map<string, Node>;
  param?: { name: string; node: Node };
  routes: Map<string, Route>;
}

const newNode = (): Node => ({ fixed: new Map(), routes: new Map() });

/** A tree of path segments; fixed segments win over parameters. Nothing is guessed: no match is no route. */
export class Router {
  readonly #root = newNode();

  add(method: string, pattern: string, handler: Handler, open = false): this {
    let node = this.#root;
    for (const segment of split(pattern))
      node = segment.startsWith(':') ? child(node, segment.slice(1)) : fixed(node, segment);
    node.routes.set(method, { handler, open, kind: `${method} ${pattern}` });
    return this;
  }

  match(method: string, path: string): Match | undefined {
    const params: Record<string, string> = {};
    const node = walk(this.#root, split(path), 0, params);
    const route = node?.routes.get(method);
    return route ? { route, params } : undefined;
  }
}

function walk(
  node: Node,
  segments: string[],
  index: number,
  params: Record<string, string>,
): Node | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.routes.size > 0 ? node : undefined;
  const next = node.fixed.get(segment);
  const found = next && walk(next, segments, index + 1, params);
  if (found || !node.param) return found;
  const end = walk(node.param.node, segments, index + 1, params);
  if (end) params[node.param.name] = decode(segment);
  return end;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function fixed(node: Node, segment: string): Node {
  let next = node.fixed.get(segment);
  if (!next) node.fixed.set(segment, (next = newNode()));
  return next;
}

function child(node: Node, name: string): Node {
  node.param ??= { name, node: newNode() };
  return node.param.node;
}
