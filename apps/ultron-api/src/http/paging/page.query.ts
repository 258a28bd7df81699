import { Integer, OneOf, Text, Texts, type FieldOptions } from '../field/field.decorator.js';

/** The parameters of every list. A list adds its filters, and `sort` by `@SortBy`. */
export class PageQuery {
  @Integer({ description: 'Most items of the page.', min: 1, max: 1000, optional: true, example: 100 })
  limit = 100;

  @Text({
    description:
      'Where the page begins: taken from the `next` link of the page before, together with its filters.',
    // A name and an id of 255 characters of four bytes each fit into it.
    max: 4000,
    optional: true,
  })
  cursor?: string;

  @Texts({
    description: 'Only these fields of each item, separated by commas.',
    optional: true,
    min: 1,
    max: 50,
  })
  fields?: string[];
}

/** The parameter `sort`: by these fields, downwards with a dash before the name. */
export const SortBy = (names: readonly string[], options: Partial<FieldOptions> = {}): PropertyDecorator =>
  OneOf(
    names.flatMap((name) => [name, `-${name}`]),
    { description: 'The order; a dash before the name turns it round.', optional: true, ...options },
  );

/** Of every page of a list: it holds all parameters of the list, and so may be long. */
export const NextLink = (): PropertyDecorator =>
  Text({ description: 'The address of the next page, or null.', max: 8192, example: null, nullable: true });
