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
