import type { KnownBytes } from '../kind/observed.js';
import type { ObservedIndex } from './observed-index.js';

/** Objects of an index by the numbers of their entries, and the sums of two words of their digests. */
export interface Group {
  entries: Int32Array;
  high: number;
  low: number;
}

interface KeptPage {
  group: Group;
  rest: string;
}

/**
 * What an index knows by bytes: objects, and pages of a list by what was on them. Of pages it keeps those of the last
 * list and of the one before: a page that neither has shown does not come again.
 */
export class KnownPages implements KnownBytes {
  private pages = new Map<string, KeptPage>();
  private before = new Map<string, KeptPage>();

  constructor(private readonly index: Pick<ObservedIndex, 'knows' | 'groupOf' | 'meetGroup'>) {}

  item(digest: string): boolean {
    return this.index.knows(digest);
  }

  page(digest: string): string | undefined {
    const page = this.pages.get(digest) ?? this.before.get(digest);
    if (!page || !this.index.meetGroup(page.group)) return undefined;
    this.pages.set(digest, page);
    return page.rest;
  }

  keep(digest: string, { items, rest }: { items: readonly string[]; rest: string }): void {
    const group = this.index.groupOf(items);
    if (group) this.pages.set(digest, { group, rest });
  }

  /** A pass begins. Those that list no pages leave what is kept as it is. */
  begin(): void {
    if (this.pages.size === 0) return;
    this.before = this.pages;
    this.pages = new Map();
  }
}
