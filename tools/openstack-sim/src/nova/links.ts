import type { LinkWire } from '@ultron/openstack/wire';
import type { Call } from '../http/call.js';

/** The two links of a Nova resource. */
export function links(call: Call, collection: string, id: string): LinkWire[] {
  return [
    { rel: 'self', href: `${call.base}/compute/v2.1/${collection}/${id}` },
    { rel: 'bookmark', href: `${call.base}/compute/${collection}/${id}` },
  ];
}
