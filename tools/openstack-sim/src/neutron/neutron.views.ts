import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import type {
  SecurityGroupRuleWire,
  SecurityGroupWire,
} from '@ultron/openstack/network/security-groups.wire';
import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import type { Call } from '../http/call.js';
import { hasExtension } from './extensions.js';
import { isAdmin } from './neutron.access.js';
import type {
  NetworkRow,
  PortRow,
  SecurityGroupRow,
  SecurityGroupRuleRow,
  SubnetRow,
} from './network.store.js';

export function networkView(call: Call, row: NetworkRow): NetworkWire {
  const subnets = [...call.cluster.network.subnetsByNetwork.get(row.id)].map((subnet) => subnet.id);
  const wire: NetworkWire = { ...row, subnets };
  if (!isAdmin(call)) {
    delete wire['provider:network_type'];
    delete wire['provider:physical_network'];
    delete wire['provider:segmentation_id'];
  }
  return wire;
}

export function subnetView(_call: Call, row: SubnetRow): SubnetWire {
  return row;
}

/** The binding but for its type is shown to administrators only. */
export function portView(call: Call, row: PortRow): PortWire {
  if (isAdmin(call)) return row;
  const wire: PortWire = { ...row };
  delete wire['binding:host_id'];
  delete wire['binding:profile'];
  delete wire['binding:vif_type'];
  delete wire['binding:vif_details'];
  return wire;
}

export function groupView(call: Call, row: SecurityGroupRow): SecurityGroupWire {
  const { stateful, ...rest } = row;
  const { profile, network } = call.cluster;
  return {
    ...rest,
    ...(hasExtension(profile, 'stateful-security-group') ? { stateful: stateful ?? true } : {}),
    ...(hasExtension(profile, 'security-groups-shared-filtering') ? { shared: false } : {}),
    security_group_rules: [...network.rulesByGroup.get(row.id)].map((rule) => ruleView(call, rule)),
  };
}

export function ruleView(call: Call, row: SecurityGroupRuleRow): SecurityGroupRuleWire {
  const { name: _name, normalized_cidr, belongs_to_default_sg, ...rest } = row;
  const { profile } = call.cluster;
  return {
    ...rest,
    ...(hasExtension(profile, 'security-groups-normalized-cidr')
      ? { normalized_cidr: normalized_cidr ?? null }
      : {}),
    ...(hasExtension(profile, 'security-groups-rules-belongs-to-default-sg')
      ? { belongs_to_default_sg: belongs_to_default_sg ?? false }
      : {}),
  };
}
