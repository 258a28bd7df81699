import type { LinkWire } from '../wire.js';

/** The body of a Neutron error; `type` is the class of the exception (`OverQuota`, `IpAddressInUse`, …). */
export interface NeutronErrorWire {
  NeutronError: { type: string; message: string; detail: string } | string;
}

/** `GET /` of Neutron. */
export interface NetworkVersionsWire {
  versions: { id: string; status: string; links: LinkWire[] }[];
}

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

/** What every Neutron resource shows when the `standard-attr-*` extensions are there. */
export interface StandardAttributesWire {
  description?: string | null;
  created_at?: string;
  updated_at?: string;
  revision_number?: number;
  tags?: string[];
}

/** `GET`/`PUT /v2.0/{resource}/{id}/tags`. */
export interface NeutronTagsWire {
  tags: string[];
}

/** `GET /v2.0/quotas/{project_id}`; -1 means no limit. */
export interface NetworkQuotaResponseWire {
  quota: NetworkQuotaWire;
}

export interface NetworkQuotaWire {
  network: number;
  subnet: number;
  port: number;
  security_group: number;
  security_group_rule: number;
  router: number;
  floatingip: number;
  subnetpool?: number;
  rbac_policy?: number;
  trunk?: number;
}

/** `GET /v2.0/quotas/{project_id}/details.json` (extension `quota_details`). */
export interface NetworkQuotaDetailsWire {
  quota: Record<keyof NetworkQuotaWire, { limit: number; used: number; reserved: number }>;
}
