import type {
  SecurityGroupRuleWire,
  SecurityGroupWire,
} from '@ultron/openstack/network/security-groups.wire';
import { mapListing, type ObservedObject } from '@ultron/sync/kind/observed';
import { hastenInventory } from '../cluster/hasten-inventory.js';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';
import { sorted, sortedBy, standardOf } from '../sync/observed.translate.js';

/**
 * Groups with their rules. The client has no list of what changed for them: they are few, and change seldom.
 */
export const securityGroupSync: ClusterSyncKind = {
  kind: 'security_group',
  domain: 'network',
  slowness: 2,
  strategy: (caps) => (caps.has('security_groups') ? { changes: 'full', deletions: 'full' } : null),
  list: ({ cloud, call }) => mapListing(cloud.network.securityGroups.list({}, call), observedGroup),
  applied: hastenInventory,
  find: async ({ cloud, call }, id) => {
    const group = await cloud.network.securityGroups.find(id, call);
    return group && observedGroup(group);
  },
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
