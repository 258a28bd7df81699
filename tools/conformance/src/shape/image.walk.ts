import type { Walker } from './walk.js';

export async function imageWalk(walker: Walker): Promise<void> {
  await walker.ask('image versions', 'image', 'GET', '^/', { token: '' });
  const listed = await walker.ask('images', 'image', 'GET', '/v2/images?name=cirros');
  const [image] = (listed.body as { images: { id: string }[] }).images;
  if (!image) throw new Error('the cluster has no image called cirros');
  await walker.ask('image', 'image', 'GET', `/v2/images/${image.id}`);
  await walker.ask('images page', 'image', 'GET', '/v2/images?limit=1&sort=name:asc');
  await walker.ask(
    'images by an unknown marker',
    'image',
    'GET',
    '/v2/images?marker=00000000-0000-0000-0000-000000000000',
  );
  await walker.ask('images by a bad limit', 'image', 'GET', '/v2/images?limit=many');
  await walker.ask('image unknown', 'image', 'GET', '/v2/images/00000000-0000-0000-0000-000000000000');
  await walker.ask('images without a token', 'image', 'GET', '/v2/images', { token: '' });
}
