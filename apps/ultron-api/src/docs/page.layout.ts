import { html, Html } from './html.js';
import { STYLE } from './page.style.js';

/** A whole page: navigation to the left, content to the right. It loads nothing and runs no script. */
export function page(title: string, navigation: Html, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <nav aria-label="Contents">
          <a class="brand" href="/docs">Ultron API</a>
          <div class="pages">
            <a href="/docs">Reference</a><a href="/docs/problems">Problems</a
            ><a href="/openapi.json">OpenAPI</a>
          </div>
          ${navigation}
        </nav>
        <main>${content}</main>
      </body>
    </html> `.text;
}

/** Nothing but the page's own style may be used: no script, no address elsewhere. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
};
