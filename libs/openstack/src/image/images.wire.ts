import type { LinkWire } from '../wire.js';

export type ImageStatusWire =
  | 'queued'
  | 'saving'
  | 'uploading'
  | 'importing'
  | 'active'
  | 'killed'
  | 'deleted'
  | 'pending_delete'
  | 'deactivated';

/** A Glance v2 image. Custom properties stand beside the fixed ones, as texts. */
export interface ImageWire {
  id: string;
  name: string | null;
  status: ImageStatusWire;
  visibility: 'public' | 'community' | 'shared' | 'private';
  owner: string | null;
  protected: boolean;
  container_format: string | null;
  disk_format: string | null;
  /** Bytes; null until the data is there. */
  size: number | null;
  virtual_size?: number | null;
  /** GiB. */
  min_disk: number;
  /** MiB. */
  min_ram: number;
  checksum: string | null;
  os_hash_algo?: string | null;
  os_hash_value?: string | null;
  os_hidden?: boolean;
  created_at: string;
  updated_at: string;
  tags: string[];
  self: string;
  file: string;
  schema: string;
  [property: string]: unknown;
}

/** `GET /v2/images`; `next` is a path relative to the host. */
export interface ImageListWire {
  images: ImageWire[];
  first: string;
  next?: string;
  schema: string;
}

/** `POST /v2/images`; custom properties stand beside the fixed ones. */
export interface ImageCreateRequestWire {
  name?: string;
  id?: string;
  container_format?: string;
  disk_format?: string;
  visibility?: ImageWire['visibility'];
  min_disk?: number;
  min_ram?: number;
  protected?: boolean;
  tags?: string[];
  [property: string]: unknown;
}

/** `GET /versions` of Glance (`GET /` answers the same with status 300). */
export interface ImageVersionsWire {
  versions: {
    id: string;
    status: 'CURRENT' | 'SUPPORTED' | 'DEPRECATED' | 'EXPERIMENTAL';
    links: LinkWire[];
  }[];
}
