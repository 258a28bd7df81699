import type { LinkWire } from '../wire.js';

export interface FlavorWire {
  id: string;
  name: string;
  vcpus: number;
  /** MiB. */
  ram: number;
  /** GiB. */
  disk: number;
  /** MiB; an empty string for none below 2.75. */
  swap: number | '';
  rxtx_factor?: number;
  links: LinkWire[];
  'OS-FLV-EXT-DATA:ephemeral': number;
  'os-flavor-access:is_public'?: boolean;
  'OS-FLV-DISABLED:disabled'?: boolean;
  /** 2.55 and above. */
  description?: string | null;
  /** 2.61 and above, where policy allows. */
  extra_specs?: Record<string, string>;
}

export interface FlavorListWire {
  flavors: FlavorWire[];
  flavors_links?: LinkWire[];
}

/** `GET /flavors` (not detail). */
export interface FlavorBriefListWire {
  flavors: { id: string; name: string; description?: string | null; links: LinkWire[] }[];
  flavors_links?: LinkWire[];
}

export interface FlavorResponseWire {
  flavor: FlavorWire;
}

export interface FlavorCreateWire {
  name: string;
  vcpus: number;
  ram: number;
  disk: number;
  id?: string | null;
  swap?: number;
  rxtx_factor?: number;
  'OS-FLV-EXT-DATA:ephemeral'?: number;
  'os-flavor-access:is_public'?: boolean;
  /** 2.55 and above. */
  description?: string | null;
}

export interface FlavorCreateRequestWire {
  flavor: FlavorCreateWire;
}

/** `GET` and `POST /flavors/{id}/os-extra_specs`. */
export interface FlavorExtraSpecsWire {
  extra_specs: Record<string, string>;
}
