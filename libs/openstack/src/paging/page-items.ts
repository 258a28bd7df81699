/** Where an item lies in the bytes of a page; `end` is the byte after it. */
export interface Span {
  start: number;
  end: number;
}

export interface PageItems {
  items: Span[];
  /** The page as JSON text, with nothing in the list. */
  rest: string;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Of the bytes that are white space in JSON, the highest. */
const SPACE = 0x20;

/**
 * Finds the items of the list `name` of a page without parsing them: reading on to the end of an item takes a fraction
 * of what it takes to make objects of it. What is found is well-formed only if the page is: whoever needs to know
 * parses it.
 *
 * @throws SyntaxError when the page is no JSON object or has no such list.
 */
export function itemsOf(page: Buffer, name: string): PageItems {
  let at = afterSpace(page, 0);
  if (page[at] !== OPEN_OBJECT) throw new SyntaxError('This is not a JSON object');
  at = afterSpace(page, at + 1);
  while (page[at] !== CLOSE_OBJECT) {
    const keyEnd = endOfValue(page, at);
    const isWanted = page.toString('utf8', at + 1, keyEnd - 1) === name;
    at = afterSpace(page, keyEnd);
    if (page[at] !== COLON) throw new SyntaxError(`A member has no value at byte ${at}`);
    at = afterSpace(page, at + 1);
    if (isWanted) return itemsOfList(page, at);
    at = afterComma(page, endOfValue(page, at));
  }
  throw new SyntaxError(`There is no list "${name}"`);
}

function itemsOfList(page: Buffer, start: number): PageItems {
  if (page[start] !== OPEN_LIST) throw new SyntaxError('What should be a list of items is none');
  const items: Span[] = [];
  let at = afterSpace(page, start + 1);
  while (page[at] !== CLOSE_LIST) {
    const end = endOfValue(page, at);
    items.push({ start: at, end });
    at = afterComma(page, end);
  }
  const rest = `${page.toString('utf8', 0, start)}[]${page.toString('utf8', at + 1)}`;
  return { items, rest };
}

/** The byte after the value that begins here. */
function endOfValue(page: Buffer, start: number): number {
  const first = page[start];
  if (first === QUOTE) return endOfString(page, start);
  if (first === OPEN_OBJECT || first === OPEN_LIST) return endOfNested(page, start);
  let at = start;
  while (at < page.length && !isEndOfScalar(page[at] ?? 0)) at += 1;
  if (at === start || at === page.length) throw cutOff();
  return at;
}

function endOfString(page: Buffer, start: number): number {
  for (let at = start + 1; at < page.length; at += 1) {
    const byte = page[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  throw cutOff();
}

function endOfNested(page: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < page.length; at += 1) {
    const byte = page[at];
    if (byte === QUOTE) {
      at = endOfString(page, at) - 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw cutOff();
}

const isEndOfScalar = (byte: number): boolean =>
  byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte <= SPACE;

function afterSpace(page: Buffer, from: number): number {
  let at = from;
  while (at < page.length && (page[at] ?? 0) <= SPACE) at += 1;
  if (at === page.length) throw cutOff();
  return at;
}

function afterComma(page: Buffer, from: number): number {
  const at = afterSpace(page, from);
  return page[at] === COMMA ? afterSpace(page, at + 1) : at;
}

const cutOff = (): SyntaxError => new SyntaxError('The page ends within a value');
