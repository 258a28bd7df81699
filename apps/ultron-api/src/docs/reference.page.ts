import { API_DESCRIPTION } from '../openapi/description.js';
import type { ApiRoute } from '../openapi/route.list.js';
import { html, type Html, markdown } from './html.js';
import { operationArticle } from './operation.article.js';
import { page } from './page.layout.js';

/** The reference of the API as one page. */
export function referencePage(routes: readonly ApiRoute[]): string {
  const groups = Map.groupBy(routes, ({ operation }) => operation.tag);
  const navigation = html`${[...groups].map(([tag, members]) => menu(tag, members))}`;
  const content = html`<h1>Ultron API</h1>
    ${markdown(API_DESCRIPTION)}
    ${[...groups].map(
      ([tag, members]) =>
        html`<h2 class="group" id="${anchorOf(tag)}">${tag}</h2>
          ${members.map(operationArticle)}`,
    )}`;
  return page('Ultron API', navigation, content);
}

function menu(tag: string, members: readonly ApiRoute[]): Html {
  const items = members.map(
    ({ method, operation }) =>
      html`<li>
        <a href="#${operation.id}"><span class="verb ${method}">${method}</span>${operation.summary}</a>
      </li>`,
  );
  return html`<h2><a href="#${anchorOf(tag)}">${tag}</a></h2>
    <ul>
      ${items}
    </ul>`;
}

const anchorOf = (tag: string): string => `tag-${tag.toLowerCase().replaceAll(/\W+/g, '-')}`;
