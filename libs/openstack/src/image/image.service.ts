import type { ServiceApi } from '../service-api.js';
import { Images } from './images.js';

/** Glance. */
export class ImageService {
  readonly images: Images;

  constructor(api: ServiceApi) {
    this.images = new Images(api);
  }
}
