/** A pass was begun that the kind has no list for. */
export const cannot = (kind: string, what: string): Error => new TypeError(`the kind ${kind} cannot ${what}`);
