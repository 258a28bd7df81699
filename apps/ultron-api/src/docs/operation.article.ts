import type { ReplyDoc } from '../http/operation/operation.decorator.js';
import { titleOf, typeOf } from '../http/problem/problem.catalog.js';
import { problemsOf } from '../openapi/operation.problems.js';
import type { ApiRoute } from '../openapi/route.list.js';
import { exampleOf } from '../openapi/shape.example.js';
import { curlExample } from './curl.example.js';
import { fieldTable } from './field.table.js';
import { html, type Html, inline, markdown } from './html.js';

/** Everything about one operation. */
export function operationArticle(route: ApiRoute): Html {
  const { method, path, operation } = route;
  return html`<article id="${operation.id}">
    <h3>${operation.summary}</h3>
    <div class="address">
      <span class="verb ${method}">${method}</span><span class="path">${path}</span>${badges(route)}
    </div>
    ${operation.description === undefined ? undefined : markdown(operation.description)}
    ${section('Parameters of the query', operation.query ? fieldTable(operation.query, 'request') : undefined)}
    ${section('Body', operation.body ? fieldTable(operation.body, 'request') : undefined)}
    ${section('Example', html`<pre>${curlExample(route)}</pre>`)}
    ${section('Answers', html`${Object.entries(operation.replies).map(([status, reply]) => answer(status, reply))}${problems(route)}`)}
  </article>`;
}

const section = (title: string, content: Html | undefined): Html | undefined =>
  content &&
  html`<h4>${title}</h4>
    ${content}`;

function badges({ operation, method }: ApiRoute): Html[] {
  const texts: string[] = [];
  if (operation.access === 'admin') texts.push('admin');
  else if (operation.access === 'public') texts.push('no token needed');
  else if (method !== 'get') texts.push('member');
  if (operation.conditional) texts.push('If-Match');
  return texts.map((text) => html`<span class="badge">${text}</span>`);
}

function answer(status: string, reply: ReplyDoc): Html {
  const { shape, description, mediaType } = reply;
  const line = html`<span class="status">${status}</span> ${inline(description)}`;
  if (!shape)
    return html`<p>${line} ${mediaType === undefined ? undefined : html`<code>${mediaType}</code>`}</p>`;
  const example = JSON.stringify(reply.example ?? exampleOf(shape), null, 2);
  return html`<details>
    <summary>${line}</summary>
    <div class="inner">
      ${fieldTable(shape, 'answer')}
      <pre>${example}</pre>
    </div>
  </details>`;
}

function problems(route: ApiRoute): Html {
  const links = problemsOf(route).map(
    ({ status, code, category }, i) =>
      html`${i ? ' · ' : ''}${status} <a href="${typeOf(code, category)}">${titleOf(code, category)}</a>`,
  );
  return html`<p class="problems">Problems: ${links}</p>`;
}
