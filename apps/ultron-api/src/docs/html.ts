/** Text that is HTML already. All other text is escaped when it becomes part of a page. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | undefined | readonly Part[];

/** A template for HTML: what is put in is escaped unless it is `Html` itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, i) => (i === 0 ? text : render(parts[i - 1]) + text)).join(''));
}

function render(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escape(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '');

/** The little Markdown that descriptions use: paragraphs, **bold**, *emphasis* and `code`. */
export function markdown(text: string): Html {
  return new Html(
    text
      .split(/\n\n+/)
      .map((paragraph) => `<p>${inline(paragraph).text}</p>`)
      .join('\n'),
  );
}

export const inline = (text: string): Html =>
  new Html(
    escape(text)
      .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
      .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
      .replaceAll(/\*([^*]+)\*/g, '<em>$1</em>'),
  );
