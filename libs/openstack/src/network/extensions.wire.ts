import type { LinkWire } from '../wire.js';

/** `GET /v2.0/extensions`. */
export interface ExtensionListWire {
  extensions: ExtensionWire[];
}

export interface ExtensionWire {
  alias: string;
  name: string;
  description: string;
  updated: string;
  links: LinkWire[];
}
