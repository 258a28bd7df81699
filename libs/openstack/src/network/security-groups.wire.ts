import type { LinkWire } from '../wire.js';
import type { StandardAttributesWire } from './standard-attributes.wire.js';

export interface SecurityGroupRuleWire extends StandardAttributesWire {
  id: string;
  security_group_id: string;
  tenant_id: string;
  project_id: string;
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  /** A name (`tcp`, `udp`, `icmp`, …), a number as text, or null for any. */
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  remote_address_group_id?: string | null;
  normalized_cidr?: string | null;
  belongs_to_default_sg?: boolean;
  /** Slips out where the rule stands inside its group. */
  standard_attr_id?: number;
}

export interface SecurityGroupWire extends StandardAttributesWire {
  id: string;
  name: string;
  tenant_id: string;
  project_id: string;
  security_group_rules: SecurityGroupRuleWire[];
  /** Extension `stateful-security-group`. */
  stateful?: boolean;
  shared?: boolean;
}

export interface SecurityGroupListWire {
  security_groups: SecurityGroupWire[];
  security_groups_links?: LinkWire[];
}

export interface SecurityGroupResponseWire {
  security_group: SecurityGroupWire;
}

export interface SecurityGroupCreateRequestWire {
  security_group: {
    name: string;
    description?: string;
    stateful?: boolean;
    tenant_id?: string;
    project_id?: string;
  };
}

export interface SecurityGroupUpdateRequestWire {
  security_group: { name?: string; description?: string; stateful?: boolean };
}

export interface SecurityGroupRuleCreateWire {
  security_group_id: string;
  direction: 'ingress' | 'egress';
  ethertype?: 'IPv4' | 'IPv6';
  protocol?: string | number | null;
  port_range_min?: number | null;
  port_range_max?: number | null;
  remote_ip_prefix?: string | null;
  remote_group_id?: string | null;
  description?: string;
}

export interface SecurityGroupRuleCreateRequestWire {
  security_group_rule: SecurityGroupRuleCreateWire;
}

/** `POST /v2.0/security-group-rules` with several rules: all of them or none. */
export interface SecurityGroupRuleBulkCreateRequestWire {
  security_group_rules: SecurityGroupRuleCreateWire[];
}

export interface SecurityGroupRuleListWire {
  security_group_rules: SecurityGroupRuleWire[];
  security_group_rules_links?: LinkWire[];
}

export interface SecurityGroupRuleResponseWire {
  security_group_rule: SecurityGroupRuleWire;
}
