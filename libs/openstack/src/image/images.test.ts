import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';

let fake: FakeOpenStack;
beforeEach(async () => {
  fake = await FakeOpenStack.start();
});
afterEach(() => fake.close());

it('images are listed along the next path that Glance gives', async () => {
  fake.on('GET /image/v2/images', ({ query }) =>
    query.get('marker') === 'i1'
      ? { body: { images: [{ id: 'i2' }] } }
      : { body: { images: [{ id: 'i1' }], next: '/v2/images?limit=1&name=cirros&marker=i1' } },
  );
  const listing = cloudOf(fake).image.images.list({ name: 'cirros', pageSize: 1 });
  expect((await listing.all()).map(({ id }) => id)).toEqual(['i1', 'i2']);
});

it('an image is made and then given its data once', async () => {
  fake.on('POST /image/v2/images', ({ body }) => ({
    status: 201,
    body: { id: 'i', status: 'queued', ...(body as object) },
  }));
  fake.on('PUT /image/v2/images/i/file', () => ({ status: 204 }));
  const { images } = cloudOf(fake).image;
  expect(await images.create({ name: 'cirros', disk_format: 'raw' })).toMatchObject({
    id: 'i',
    status: 'queued',
  });
  await images.upload('i', Buffer.from('{}'));
  expect(fake.requests.at(-1)?.headers['content-type']).toBe('application/octet-stream');
});

it('an error that Glance wraps in HTML is readable', async () => {
  const page =
    '<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1>No image found with ID i</body></html>';
  fake.on('GET /image/v2/images/i', () => ({ status: 404, body: page }));
  const error = await errorOf(cloudOf(fake).image.images.get('i'));
  expect(error).toMatchObject({ kind: 'gone', message: '404 Not Found No image found with ID i' });
});
