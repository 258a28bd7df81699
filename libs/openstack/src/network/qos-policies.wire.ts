import type { LinkWire } from '../wire.js';
import type { StandardAttributesWire } from './standard-attributes.wire.js';

export interface QosPolicyWire extends StandardAttributesWire {
  id: string;
  name: string;
  tenant_id: string;
  project_id: string;
  shared: boolean;
  /** Extension `qos-default`. */
  is_default?: boolean;
  /** Rules of every type; those of bandwidth limits can be told by `type`. */
  rules: QosRuleWire[];
}

export interface QosRuleWire {
  id: string;
  /** `bandwidth_limit`, `dscp_marking`, `minimum_bandwidth`, … */
  type: string;
  qos_policy_id?: string;
  max_kbps?: number;
  max_burst_kbps?: number;
  direction?: 'egress' | 'ingress';
  dscp_mark?: number;
  min_kbps?: number;
}

export interface QosPolicyListWire {
  policies: QosPolicyWire[];
  policies_links?: LinkWire[];
}

export interface QosPolicyResponseWire {
  policy: QosPolicyWire;
}

export interface QosPolicyUpdateWire {
  name?: string;
  description?: string;
  shared?: boolean;
  is_default?: boolean;
}

export interface QosPolicyCreateWire extends QosPolicyUpdateWire {
  name: string;
  project_id?: string;
  tenant_id?: string;
}

/** `/v2.0/qos/policies/{id}/bandwidth_limit_rules`. */
export interface BandwidthLimitRuleWire {
  id: string;
  qos_policy_id?: string;
  /** Kilobits per second. */
  max_kbps: number;
  /** Kilobits; 0 lets the cluster choose. */
  max_burst_kbps: number;
  /** As seen from the server; extension `qos-bw-limit-direction`, egress where it is missing. */
  direction?: 'egress' | 'ingress';
}

export interface BandwidthLimitRuleListWire {
  bandwidth_limit_rules: BandwidthLimitRuleWire[];
}

export interface BandwidthLimitRuleResponseWire {
  bandwidth_limit_rule: BandwidthLimitRuleWire;
}

export interface BandwidthLimitRuleUpdateWire {
  max_kbps?: number;
  max_burst_kbps?: number;
  direction?: 'egress' | 'ingress';
}

export interface BandwidthLimitRuleCreateWire extends BandwidthLimitRuleUpdateWire {
  max_kbps: number;
}
