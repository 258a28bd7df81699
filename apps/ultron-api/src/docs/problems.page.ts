import { CATEGORIES, PROBLEMS } from '../http/problem/problem.catalog.js';
import type { ProblemEntry } from '../http/problem/problem.entries.js';
import { html, type Html, markdown } from './html.js';
import { page } from './page.layout.js';

/** Where the `type` of every problem leads. */
export function problemsPage(): string {
  const navigation = html`<h2>Categories</h2>
    ${menu(CATEGORIES)}
    <h2>Problems</h2>
    ${menu(PROBLEMS)}`;
  const content = html`<h1>Problems</h1>
    ${markdown(INTRODUCTION)}
    <h2 class="group">Categories</h2>
    ${Object.entries(CATEGORIES).map(entry)}
    <h2 class="group">Problems</h2>
    ${Object.entries(PROBLEMS).map(entry)}`;
  return page('Problems of the Ultron API', navigation, content);
}

const INTRODUCTION = `Every error is answered as a problem document (RFC 9457). Its \`code\` is stable and listed here; its
\`category\` tells programs how to react even to a code that they do not know.`;

const menu = (entries: Readonly<Record<string, ProblemEntry>>): Html =>
  html`<ul>
    ${Object.keys(entries).map((name) => html`<li><a href="#${name}">${name}</a></li>`)}
  </ul>`;

const entry = ([name, { title, meaning }]: [string, ProblemEntry]): Html =>
  html`<article class="brief" id="${name}">
    <h3>${title}</h3>
    <div class="address"><code>${name}</code></div>
    ${markdown(meaning)}
  </article>`;
