import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { apiRoutes } from '../api.routes.js';
import { DOMAINS } from '../domain.names.js';
import { breakingChanges } from './contract.diff.js';
import { openApiDocument } from './document.js';

const checkedIn = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as object;
const made = JSON.parse(JSON.stringify(openApiDocument(apiRoutes(DOMAINS)))) as object;

const HOW_TO =
  'If the change is meant, write it down with `npm run openapi -w @ultron/api` and review the difference.';

describe('openapi.json', () => {
  it('breaks no program that was written for it', () => {
    const broken = breakingChanges(checkedIn, made);
    if (broken.length) throw new Error(`The contract would break:\n- ${broken.join('\n- ')}\n${HOW_TO}`);
  });

  it('is what the code says', () => {
    const same = JSON.stringify(checkedIn) === JSON.stringify(made);
    if (!same)
      throw new Error(
        `The checked-in contract is not what the code says, at ${differences(checkedIn, made).join(', ')}.\n${HOW_TO}`,
      );
    expect(checkedIn).toMatchObject({ openapi: '3.1.0', info: { title: 'Ultron' } });
  });
});

/** The first places where the documents differ. */
function differences(older: unknown, newer: unknown, at = '#'): string[] {
  if (JSON.stringify(older) === JSON.stringify(newer)) return [];
  if (typeof older !== 'object' || typeof newer !== 'object' || !older || !newer) return [at];
  const names = [...new Set([...Object.keys(older), ...Object.keys(newer)])];
  const inner = names.flatMap((name) =>
    differences(
      (older as Record<string, unknown>)[name],
      (newer as Record<string, unknown>)[name],
      `${at}/${name}`,
    ),
  );
  return (inner.length ? inner : [`${at} (the order)`]).slice(0, 10);
}
