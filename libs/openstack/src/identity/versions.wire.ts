import type { LinkWire } from '../wire.js';

/** One version of Keystone. */
export interface IdentityVersionWire {
  /** `v3.14` and the like. */
  id: string;
  /** `stable`; older releases also say `deprecated`. */
  status: string;
  updated?: string;
  links: LinkWire[];
  'media-types'?: { base: string; type: string }[];
}

/** `GET /` of Keystone, answered with status 300. */
export interface IdentityVersionsWire {
  versions: { values: IdentityVersionWire[] };
}

/** `GET /v3` of Keystone. */
export interface IdentityVersionResponseWire {
  version: IdentityVersionWire;
}

/** The body of a Keystone error. */
export interface IdentityErrorWire {
  error: { code: number; title: string; message: string };
}
