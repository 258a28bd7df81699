/** `GET /limits`: what the project may use and uses; -1 means no limit. */
export interface LimitsResponseWire {
  limits: { rate: unknown[]; absolute: AbsoluteLimitsWire };
}

export interface AbsoluteLimitsWire {
  maxTotalInstances: number;
  maxTotalCores: number;
  /** MiB. */
  maxTotalRAMSize: number;
  maxServerMeta: number;
  maxTotalKeypairs: number;
  maxServerGroups: number;
  maxServerGroupMembers: number;
  totalInstancesUsed: number;
  totalCoresUsed: number;
  totalRAMUsed: number;
  totalServerGroupsUsed: number;
  /** Below 2.57. */
  maxPersonality?: number;
  maxPersonalitySize?: number;
  maxImageMeta?: number;
  /** Below 2.36. */
  maxSecurityGroups?: number;
  maxSecurityGroupRules?: number;
  maxTotalFloatingIps?: number;
  totalFloatingIpsUsed?: number;
  totalSecurityGroupsUsed?: number;
}
