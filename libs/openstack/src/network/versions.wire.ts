import type { LinkWire } from '../wire.js';

/** `GET /` of Neutron. */
export interface NetworkVersionsWire {
  versions: { id: string; status: string; links: LinkWire[] }[];
}
