import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import type {
  SecurityGroupRuleWire,
  SecurityGroupWire,
} from '@ultron/openstack/network/security-groups.wire';
import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import type { Call } from '../http/call.js';
import { isAtLeast } from '../release/release.profiles.js';
import { onlyKnown } from './attributes.js';
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
  const wire: NetworkWire = {
    ...row,
    subnets,
    qos_policy_id: row.qos_policy_id ?? null,
    ...(row['router:external'] ? { is_default: false } : {}),
  };
  if (!isAdmin(call)) {
    delete wire['provider:network_type'];
    delete wire['provider:physical_network'];
    delete wire['provider:segmentation_id'];
  }
  return onlyKnown(call.cluster, wire);
}

export function subnetView(call: Call, row: SubnetRow): SubnetWire {
  const parent = call.cluster.network.networks.get(row.network_id);
  return onlyKnown(call.cluster, {
    ...row,
    service_types: [],
    ...(hasExtension(call.cluster, 'subnet-external-network')
      ? { 'router:external': parent?.['router:external'] ?? false }
      : {}),
  });
}

/** The binding but for its type is shown to administrators only. */
export function portView(call: Call, row: PortRow): PortWire {
  const { profile, network } = call.cluster;
  const wire: PortWire = onlyKnown(call.cluster, {
    ...row,
    qos_policy_id: row.qos_policy_id ?? null,
    ...(isAtLeast(profile, 'stein') ? { resource_request: null } : {}),
    ...(isAtLeast(profile, 'ussuri')
      ? { qos_network_policy_id: network.networks.get(row.network_id)?.qos_policy_id ?? null }
      : {}),
  });
  if (isAdmin(call)) return wire;
  delete wire['binding:host_id'];
  delete wire['binding:profile'];
  delete wire['binding:vif_type'];
  delete wire['binding:vif_details'];
  return wire;
}

export function groupView(call: Call, row: SecurityGroupRow): SecurityGroupWire {
  const { stateful, ...rest } = row;
  const { network } = call.cluster;
  return onlyKnown(call.cluster, {
    ...rest,
    ...(hasExtension(call.cluster, 'stateful-security-group') ? { stateful: stateful ?? true } : {}),
    ...(hasExtension(call.cluster, 'security-groups-shared-filtering') ? { shared: false } : {}),
    security_group_rules: [...network.rulesByGroup.get(row.id)].map((rule) => ({
      ...ruleView(call, rule),
      standard_attr_id: rule.standard_attr_id,
      tags: rule.tags,
    })),
  });
}

export function ruleView(call: Call, row: SecurityGroupRuleRow): SecurityGroupRuleWire {
  const {
    name: _name,
    normalized_cidr,
    belongs_to_default_sg,
    standard_attr_id: _number,
    tags: _tags,
    ...rest
  } = row;
  return onlyKnown(call.cluster, {
    ...rest,
    ...(hasExtension(call.cluster, 'security-groups-remote-address-group')
      ? { remote_address_group_id: null }
      : {}),
    ...(hasExtension(call.cluster, 'security-groups-normalized-cidr')
      ? { normalized_cidr: normalized_cidr ?? null }
      : {}),
    ...(hasExtension(call.cluster, 'security-groups-rules-belongs-to-default-sg')
      ? { belongs_to_default_sg: belongs_to_default_sg ?? false }
      : {}),
  });
}
