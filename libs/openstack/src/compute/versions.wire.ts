import type { LinkWire } from '../wire.js';

/** One API version of Nova; `version` and `min_version` are empty for v2.0, which has no microversions. */
export interface ComputeVersionWire {
  id: string;
  status: 'CURRENT' | 'SUPPORTED' | 'DEPRECATED';
  /** Highest microversion, for example `2.95`. */
  version: string;
  /** Lowest microversion, for example `2.1`. */
  min_version: string;
  updated: string;
  links: LinkWire[];
  'media-types'?: { base: string; type: string }[];
}

/** `GET /` of Nova. */
export interface ComputeVersionsWire {
  versions: ComputeVersionWire[];
}

/** `GET /v2.1` of Nova. */
export interface ComputeVersionResponseWire {
  version: ComputeVersionWire;
}

export interface ComputeFaultWire {
  code: number;
  message: string;
  retryAfter?: string;
}

/** A Nova error body: one member, named after the status (`badRequest`, `itemNotFound`, `forbidden`, …). */
export type ComputeErrorWire = Record<string, ComputeFaultWire>;

/** The 406 that answers a microversion out of range (microversion-parse; shared with Placement). */
export interface MicroversionErrorWire {
  errors: {
    status: number;
    title: string;
    detail: string;
    code?: string;
    request_id?: string;
    max_version?: string;
    min_version?: string;
    links?: LinkWire[];
  }[];
}
