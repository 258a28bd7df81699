import type { FaultCategory } from '@ultron/kernel/fault';
import type { ApiRoute } from './route.list.js';

export interface ProblemDoc {
  status: number;
  code: string;
  category: FaultCategory;
}

const CATEGORY: Readonly<Record<number, FaultCategory>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'precondition',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  429: 'throttled',
  500: 'bug',
  503: 'unavailable',
  507: 'capacity',
};

/** The problems that an operation may answer with: those of every operation of its sort, and its own. */
export function problemsOf(route: ApiRoute): ProblemDoc[] {
  const own = Object.entries(route.operation.problems ?? {}).flatMap(([status, codes]) =>
    [codes].flat().map((code): [string, string] => [status, code]),
  );
  const all = [...Object.entries(usualProblems(route)), ...own].map(([status, code]) => ({
    status: Number(status),
    code,
    category: CATEGORY[Number(status)] ?? 'invalid',
  }));
  return all.sort((a, b) => a.status - b.status);
}

function usualProblems({ method, path, operation }: ApiRoute): Record<number, string> {
  const codes: Record<number, string> = { 400: 'malformed_request' };
  if (operation.access !== 'public') {
    codes[401] = 'token_missing';
    codes[503] = 'database_unavailable';
    if (operation.access === 'admin' || method !== 'get') codes[403] = 'role_forbids';
    // An operation that knows a better word for it says that one.
    if (path.includes('{') && operation.problems?.[404] === undefined) codes[404] = 'not_found';
  }
  if (operation.query) codes[400] = 'invalid_query';
  if (operation.conditional) codes[412] = 'stale_etag';
  if (operation.body) {
    Object.assign(codes, { 413: 'body_too_large', 415: 'unsupported_media_type', 422: 'invalid_body' });
  }
  codes[500] = 'internal_error';
  return codes;
}
