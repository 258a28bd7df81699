import { randomUUID } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.js';
import { secondTime } from '../http/times.js';
import type { SecurityGroupRow, SecurityGroupRuleRow } from './network.store.js';

/** The group `default` of a project: Neutron makes it as soon as it first deals with the project's groups. */
export function defaultGroup(cluster: Cluster, projectId: string): SecurityGroupRow {
  const { network } = cluster;
  for (const group of network.groupsByProject.get(projectId)) if (group.name === 'default') return group;
  const group: SecurityGroupRow = {
    ...row(cluster, projectId),
    name: 'default',
    description: 'Default security group',
  };
  network.groups.add(group);
  for (const ethertype of ['IPv4', 'IPv6'] as const) {
    network.rules.add(
      ruleRow(cluster, group, { direction: 'egress', ethertype, belongs_to_default_sg: true }),
    );
    network.rules.add(
      ruleRow(cluster, group, {
        direction: 'ingress',
        ethertype,
        remote_group_id: group.id,
        belongs_to_default_sg: true,
      }),
    );
  }
  return group;
}

/** A rule of a group; what is not given is "any". */
export function ruleRow(
  cluster: Cluster,
  group: SecurityGroupRow,
  given: Partial<SecurityGroupRuleRow>,
): SecurityGroupRuleRow {
  return {
    ...row(cluster, group.project_id),
    security_group_id: group.id,
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_group_id: null,
    normalized_cidr: given.remote_ip_prefix ?? null,
    standard_attr_id: cluster.network.rules.size + 1,
    ...given,
  };
}

function row(cluster: Cluster, projectId: string) {
  const now = secondTime(cluster.clock.now());
  return {
    id: randomUUID(),
    tenant_id: projectId,
    project_id: projectId,
    description: '',
    created_at: now,
    updated_at: now,
    revision_number: 1,
    tags: [] as string[],
  };
}
