import { createHash, randomUUID } from 'node:crypto';
import type { ImageCreateRequestWire, ImageListWire, ImageWire } from '@ultron/openstack/image/images.wire';
import { isRecord } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, param, reply, tokenOf } from '../http/call.js';
import { cutShort, takePage } from '../http/paging.js';
import { secondTime } from '../http/times.js';
import { type ImageRow, imagePaths } from './image.store.js';

/** Glance's `limit_param_default` and `api_limit_max`. */
const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 1000;
const FILTERS = [
  'id',
  'name',
  'status',
  'visibility',
  'owner',
  'container_format',
  'disk_format',
  'protected',
  'os_hidden',
];

/** `GET /v2/images`, newest first. */
export function listImages(call: Call): Reply {
  const rows = [...call.cluster.image.images.values()].sort((a, b) =>
    a.created_at === b.created_at ? (a.id < b.id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1,
  );
  const page = cutShort(
    takePage(rows.slice(startOf(call, rows)), limitOf(call), (row) => sees(call, row) && matches(call, row)),
    call,
  );
  const last = page.items.at(-1);
  const query = new URLSearchParams(call.query);
  query.delete('marker');
  const first = `/v2/images${query.size > 0 ? `?${query}` : ''}`;
  if (last) query.set('marker', last.id);
  return reply<ImageListWire>(200, {
    images: page.items,
    first,
    ...(page.more ? { next: `/v2/images?${query}` } : {}),
    schema: '/v2/schemas/images',
  });
}

function limitOf(call: Call): number {
  const text = call.query.get('limit');
  if (text === null) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0) throw new ApiError(400, 'limit param must be an integer');
  return Math.min(limit, MAX_LIMIT);
}

function startOf(call: Call, rows: ImageRow[]): number {
  const marker = call.query.get('marker');
  if (marker === null) return 0;
  const at = rows.findIndex((row) => row.id === marker);
  if (at < 0) throw new ApiError(400, 'Marker image not found');
  return at + 1;
}

function matches(call: Call, row: ImageRow): boolean {
  const tags = call.query.getAll('tag');
  if (!tags.every((tag) => row.tags.includes(tag))) return false;
  return FILTERS.every((name) => {
    const wanted = call.query.get(name);
    if (wanted === null || (name === 'visibility' && wanted === 'all')) return true;
    const value = String(row[name] ?? '');
    return wanted.startsWith('in:')
      ? wanted.slice(3).split(',').includes(value)
      : value.toLowerCase() === wanted.toLowerCase();
  });
}

function sees(call: Call, row: ImageRow): boolean {
  const token = tokenOf(call);
  return (
    row.visibility === 'public' ||
    row.visibility === 'community' ||
    row.owner === token.project?.id ||
    token.roles.includes('admin')
  );
}

/** `GET /v2/images/{id}`. */
export function showImage(call: Call): Reply {
  return reply<ImageWire>(200, find(call));
}

/** `POST /v2/images`: a record without data, in `queued`. */
export function createImage(call: Call): Reply {
  const given = (isRecord(call.body) ? call.body : {}) as ImageCreateRequestWire;
  const { images } = call.cluster.image;
  const id = given.id ?? randomUUID();
  if (images.get(id)) throw new ApiError(409, `Image ID ${id} already exists!`);
  const now = secondTime(call.cluster.clock.now());
  const row: ImageRow = {
    ...given,
    id,
    name: given.name ?? null,
    status: 'queued',
    visibility: given.visibility ?? 'shared',
    owner: tokenOf(call).project?.id ?? null,
    protected: given.protected ?? false,
    container_format: given.container_format ?? null,
    disk_format: given.disk_format ?? null,
    size: null,
    virtual_size: null,
    min_disk: given.min_disk ?? 0,
    min_ram: given.min_ram ?? 0,
    checksum: null,
    os_hash_algo: null,
    os_hash_value: null,
    os_hidden: false,
    created_at: now,
    updated_at: now,
    tags: given.tags ?? [],
    ...imagePaths(id),
  };
  images.add(row);
  return reply<ImageWire>(201, row, { Location: `${call.base}/image/v2/images/${id}` });
}

/** `PUT /v2/images/{id}/file`: takes the data, keeps its size and sums, and makes the image active. */
export function uploadImage(call: Call): Reply {
  const row = find(call);
  if (row.status !== 'queued')
    throw new ApiError(409, `Image status transition from ${row.status} to saving is not allowed`);
  const data = Buffer.isBuffer(call.body) ? call.body : Buffer.alloc(0);
  Object.assign(row, {
    status: 'active',
    size: data.length,
    checksum: createHash('md5').update(data).digest('hex'),
    os_hash_algo: 'sha512',
    os_hash_value: createHash('sha512').update(data).digest('hex'),
    stores: 'file',
    updated_at: secondTime(call.cluster.clock.now()),
  });
  call.cluster.image.images.changed(row);
  return empty(204);
}

/** `DELETE /v2/images/{id}`. */
export function deleteImage(call: Call): Reply {
  const row = find(call);
  if (row.protected) throw new ApiError(403, `Image ${row.id} is protected and cannot be deleted.`);
  call.cluster.image.images.remove(row);
  return empty(204);
}

function find(call: Call): ImageRow {
  const id = param(call, 'id');
  const row = call.cluster.image.images.get(id);
  if (!row || !sees(call, row)) throw new ApiError(404, `No image found with ID ${id}`);
  return row;
}
