import type { ListShape } from '../service-api.js';
import type { Listing, SiftableListing } from './listing.js';
import { PagedListing, parsed, type FetchPage } from './paged-listing.js';
import { siftedShape, siftPage, type Known, type Sifted } from './sift.js';

/** A paged list of which only what is not known need be parsed. */
export class SiftablePagedListing<Page, Item>
  extends PagedListing<Page, Item>
  implements SiftableListing<Item>
{
  constructor(
    private readonly pages: <P>(read: (body: Buffer) => P) => FetchPage<P>,
    private readonly listShape: ListShape<Page, Item>,
    private readonly partCount: number,
  ) {
    super(pages(parsed<Page>), listShape, partCount);
  }

  unlessKnown(known: Known): Listing<Sifted<Item>> {
    const fetch = this.pages((body) => siftPage<Page, Item>(body, this.listShape.list, known));
    return new PagedListing(fetch, siftedShape(this.listShape), this.partCount);
  }
}
