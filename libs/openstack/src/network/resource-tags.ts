import type { CallOptions } from '../call.js';
import { wasThere } from '../error/gone.js';
import type { ServiceApi } from '../service-api.js';
import type { NeutronTagsWire } from './tags.wire.js';

/** `/v2.0/{resource}/{id}/tags`: marks of at most 60 characters (255 since 2024.1), without `/`. */
export class ResourceTags {
  constructor(
    private readonly api: ServiceApi,
    private readonly collection: string,
  ) {}

  async list(id: string, call?: CallOptions): Promise<string[]> {
    return (await this.api.json<NeutronTagsWire>({ method: 'GET', path: this.all(id), call })).tags;
  }

  /** Makes these its tags, and all of them. */
  async replace(id: string, tags: readonly string[], call?: CallOptions): Promise<string[]> {
    const body = { tags };
    return (await this.api.json<NeutronTagsWire>({ method: 'PUT', path: this.all(id), body, call })).tags;
  }

  /** Adds one; adding it again changes nothing. */
  async add(id: string, tag: string, call?: CallOptions): Promise<void> {
    await this.api.send({ method: 'PUT', path: this.single(id, tag), call });
  }

  /** Whether it bore the tag. */
  remove(id: string, tag: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: this.single(id, tag), call }));
  }

  private all(id: string): string {
    return `${this.collection}/${id}/tags`;
  }

  private single(id: string, tag: string): string {
    return `${this.all(id)}/${encodeURIComponent(tag)}`;
  }
}
