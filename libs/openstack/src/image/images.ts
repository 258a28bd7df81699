import type { CallOptions } from '../call.js';
import { orNull, wasThere } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import type { PageShape, ServiceApi } from '../service-api.js';
import type { ImageCreateRequestWire, ImageListWire, ImageWire } from './images.wire.js';

const PAGE: PageShape<ImageListWire, ImageWire> = {
  items: (page) => page.images,
  next: (page) => page.next,
  key: (image) => image.id,
};

/** `/v2/images` of Glance. */
export class Images {
  constructor(private readonly api: ServiceApi) {}

  list(
    filter: {
      name?: string;
      status?: string;
      visibility?: ImageWire['visibility'] | 'all';
      /** Those that are hidden, which are left out else; 2.7 and above. */
      hidden?: true;
      pageSize?: number;
    } = {},
    call?: CallOptions,
  ): Listing<ImageWire> {
    const query = {
      limit: filter.pageSize ?? 500,
      name: filter.name,
      status: filter.status,
      visibility: filter.visibility,
      os_hidden: filter.hidden,
    };
    return this.api.list({ method: 'GET', path: '/images', query, call }, PAGE);
  }

  get(id: string, call?: CallOptions): Promise<ImageWire> {
    return this.api.json<ImageWire>({ method: 'GET', path: `/images/${id}`, call });
  }

  find(id: string, call?: CallOptions): Promise<ImageWire | null> {
    return orNull(this.get(id, call));
  }

  /** Makes the record of an image, in state `queued` until its data is uploaded. */
  create(image: ImageCreateRequestWire, call?: CallOptions): Promise<ImageWire> {
    return this.api.json<ImageWire>({ method: 'POST', path: '/images', body: image, call });
  }

  /** Uploads the data; an image has data once. */
  async upload(id: string, data: Uint8Array, call?: CallOptions): Promise<void> {
    const headers = { 'Content-Type': 'application/octet-stream' };
    await this.api.send({ method: 'PUT', path: `/images/${id}/file`, body: data, headers, call });
  }

  delete(id: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: `/images/${id}`, call }));
  }
}
