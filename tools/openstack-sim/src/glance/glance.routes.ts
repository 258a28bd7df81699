import type { ImageVersionsWire } from '@ultron/openstack/image/images.wire';
import { type Call, type Reply, reply } from '../http/call.js';
import { Router } from '../http/router.js';
import { createImage, deleteImage, listImages, showImage, uploadImage } from './images.handlers.js';

export const glanceRoutes = new Router()
  .add('GET', '/', (call) => listVersions(call, 300), true)
  .add('GET', '/versions', (call) => listVersions(call, 200), true)
  .add('GET', '/v2/images', listImages)
  .add('POST', '/v2/images', createImage)
  .add('GET', '/v2/images/:id', showImage)
  .add('PUT', '/v2/images/:id/file', uploadImage)
  .add('DELETE', '/v2/images/:id', deleteImage);

/** Minors of a Glance with one store: those of the multi-store back ends are left out (`glance/api/versions.py`). */
const MINORS = [15, 9, 7, 6, 5, 4, 3, 2, 1, 0];

function listVersions(call: Call, status: number): Reply {
  const { glanceMinor } = call.cluster.profile;
  const minors = MINORS.filter((minor) => minor <= glanceMinor);
  return reply<ImageVersionsWire>(status, {
    versions: minors.map((minor) => ({
      id: `v2.${minor}`,
      status: minor === glanceMinor ? 'CURRENT' : 'SUPPORTED',
      links: [{ rel: 'self', href: `${call.base}/image/v2/` }],
    })),
  });
}
