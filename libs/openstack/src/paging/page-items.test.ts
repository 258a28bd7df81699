import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { itemsOf } from './page-items.js';

const texts = (page: Buffer, name: string): string[] =>
  itemsOf(page, name).items.map(({ start, end }) => page.toString('utf8', start, end));

describe('the items of a page', () => {
  it('are those that parsing finds, whatever they hold and however the page is written', () => {
    const page = fc.tuple(
      fc.array(fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom(undefined, 1, '\t'),
    );
    fc.assert(
      fc.property(page, ([items, others, indent]) => {
        const text = JSON.stringify({ first: 1, ...others, items, last: 'items' }, null, indent);
        const body = Buffer.from(text);
        expect(texts(body, 'items').map((item) => JSON.parse(item) as unknown)).toEqual(
          JSON.parse(JSON.stringify(items)),
        );
        const whole = JSON.parse(text) as object;
        expect(JSON.parse(itemsOf(body, 'items').rest)).toEqual({ ...whole, items: [] });
      }),
    );
  });

  it('may hold brackets, quotes and backslashes in their texts', () => {
    const items = [{ name: 'a]}"\\' }, { name: '\\"}, {' }, 'é]'];
    const body = Buffer.from(JSON.stringify({ servers_links: [], servers: items }));
    expect(texts(body, 'servers')).toEqual(items.map((item) => JSON.stringify(item)));
  });

  it.each(['', '[]', '{"servers": {}}', '{"ports": []}', '{"servers": [{"id": "a"}', '{"servers": ["a'])(
    'are not made up where there are none: %s',
    (text) => {
      expect(() => itemsOf(Buffer.from(text), 'servers')).toThrow(SyntaxError);
    },
  );
});
