import { Text } from '../http/field/field.decorator.js';

const SECONDS = /^(\d{1,3})s$/;

/** The parameter `fresh`: how old, at most, what is shown may be. */
export const Fresh = (): PropertyDecorator =>
  Text({
    description:
      'What is older than this is asked of its cluster first; after some seconds the answer comes all the same, ' +
      'with `X-Ultron-Stale` naming the clusters that did not answer.',
    example: '5s',
    pattern: SECONDS,
    patternText: 'a number of seconds such as 5s',
    optional: true,
  });

/** `5s` in milliseconds. */
export function freshMs(text: string): number {
  return Number(SECONDS.exec(text)?.[1] ?? 0) * 1000;
}

/** The query of a single resource. */
export class FreshQuery {
  @Fresh()
  fresh?: string;
}
