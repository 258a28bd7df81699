import type { ImageWire } from '@ultron/openstack/image/images.wire';
import { type OnChange, Table } from '../store/table.js';

export type ImageRow = ImageWire;

/** The three members of an image that follow from its id. */
export function imagePaths(id: string): Pick<ImageWire, 'self' | 'file' | 'schema'> {
  return { self: `/v2/images/${id}`, file: `/v2/images/${id}/file`, schema: '/v2/schemas/image' };
}

/** Images; of their data only the size and the checksums are kept. */
export class ImageStore {
  readonly images: Table<ImageRow>;

  constructor(onChange: OnChange) {
    this.images = new Table('images', onChange);
  }
}
