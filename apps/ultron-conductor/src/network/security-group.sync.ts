import type {
  SecurityGroupRuleWire,
  SecurityGroupWire,
} from '@ultron/openstack/network/security-groups.wire';
import type { ObservedObject } from '@ultron/sync/kind/observed';
import { hastenInventory } from '../cluster/hasten-inventory.js';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';
import { sorted, sortedBy, standardOf } from '../sync/observed.translate.js';
import { neutronStrategy, neutronSync } from './neutron-sync.js';

/** Groups with their rules. */
export const securityGroupSync: ClusterSyncKind = {
  kind: 'security_group',
  domain: 'network',
  slowness: 2,
  applied: hastenInventory,
  ...neutronSync<SecurityGroupWire>(({ cloud }) => cloud.network.securityGroups, observedGroup),
  strategy: (caps) => (caps.has('security_groups') ? neutronStrategy(caps) : null),
};

function observedGroup(group: SecurityGroupWire): ObservedObject {
  return {
    id: group.id,
    name: group.name,
    ...standardOf(group),
    status: null,
    parentId: null,
    fields: {
      stateful: group.stateful ?? true,
      shared: group.shared ?? false,
      description: group.description ?? null,
      tags: sorted(group.tags),
      rules: sortedBy(group.security_group_rules.map(ruleOf), (rule) => rule.id),
    },
  };
}

const ruleOf = (rule: SecurityGroupRuleWire) => ({
  id: rule.id,
  direction: rule.direction,
  ethertype: rule.ethertype,
  protocol: rule.protocol,
  port_range_min: rule.port_range_min,
  port_range_max: rule.port_range_max,
  remote_ip_prefix: rule.remote_ip_prefix,
  remote_group_id: rule.remote_group_id,
  description: rule.description ?? null,
});
