const ID = /^(req-)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
/** Parts of paths after which a name stands that its owner chose. */
const NAMED = new Set(['os-keypairs', 'metadata', 'tags', 'flavors', 'os-extra_specs']);
const FIXED = new Set(['detail']);

/** The path with ids and names replaced by `{id}`: one label for all calls of one kind. */
export function routeOf(path: string): string {
  const parts = path.split('/');
  return parts
    .map((part, at) => {
      if (ID.test(part)) return '{id}';
      const named = NAMED.has(parts[at - 1] ?? '') && !FIXED.has(part) && part !== '';
      return named || /^\d+$/.test(part) ? '{id}' : part;
    })
    .join('/');
}
