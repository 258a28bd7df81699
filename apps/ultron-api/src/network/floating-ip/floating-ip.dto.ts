import type { FloatingIp } from '@ultron/network/floating-ip/floating-ip.entity';
import { Fresh } from '../../freshness/fresh.query.js';
import { LIFECYCLE_STATUSES, type LifecycleStatus } from '@ultron/network/lifecycle/lifecycle.state';
import { Bool, Id, OneOf, Part, Parts, Text, Time } from '../../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../../http/paging/page.query.js';
import { AcceptedTask } from '../../task/task.dto.js';
import { Description, LifecycleBody, lifecycleView } from '../lifecycle.dto.js';
import { ObservedPortBody } from '../port/port.dto.js';

export class FloatingIpCreateBody {
  @Text({ description: 'The external network, by name or id.', example: 'public' })
  network!: string;

  @Text({
    description: 'The cluster, by name or id. Unless told, that of the port, or any that has the network.',
    optional: true,
    example: 'east-1',
  })
  cluster?: string;

  @Id({ description: 'The port it is to lead to.', optional: true })
  port_id?: string;

  @Text({ description: 'Which address of the port; unless told, its first.', optional: true, max: 45 })
  fixed_ip_address?: string;

  @Id({ description: 'The QoS policy it is under.', optional: true })
  qos_policy_id?: string;

  @Description()
  description?: string;

  @Bool({ description: 'Only say what would be done.', optional: true, example: false })
  dry_run?: boolean;

  @Id({ description: 'Admins: the project that it is for.', optional: true })
  project_id?: string;
}

export class FloatingIpPatchBody {
  @Id({ description: 'The port it is to lead to; null: nowhere.', optional: true, nullable: true })
  port_id?: string | null;

  @Text({
    description: 'Which address of the port; null: its first.',
    optional: true,
    nullable: true,
    max: 45,
    example: null,
  })
  fixed_ip_address?: string | null;

  @Id({ description: 'The QoS policy it is under; null: none.', optional: true, nullable: true })
  qos_policy_id?: string | null;

  @Description()
  description?: string;
}

export class FloatingIpQuery extends PageQuery {
  @Id({ description: 'Only those of this project.', optional: true })
  project_id?: string;

  @OneOf(LIFECYCLE_STATUSES, { description: 'Only those that stand so.', optional: true })
  status?: LifecycleStatus;

  @Id({ description: 'Only those of this cluster.', optional: true })
  cluster_id?: string;

  @Id({ description: 'Only those of this external network.', optional: true })
  network_id?: string;

  @Id({ description: 'Only those that lead to this port.', optional: true })
  port_id?: string;

  @Text({ description: 'Only this address.', optional: true, max: 45 })
  address?: string;

  @Id({ description: 'Only those under this QoS policy.', optional: true })
  qos_policy_id?: string;

  @Time({ description: 'Only those asked for after this time.', optional: true })
  created_after?: string;

  @Time({ description: 'Only those asked for before this time.', optional: true })
  created_before?: string;

  @Fresh()
  fresh?: string;

  @SortBy(['created_at'])
  sort?: string;
}

export class FloatingIpBody extends LifecycleBody {
  @Text({
    description: 'The address; null until the cluster has given one.',
    nullable: true,
    example: '203.0.113.7',
  })
  address!: string | null;

  @Id({ description: 'The cluster it is of.' })
  cluster_id!: string;

  @Id({ description: 'The external network.' })
  network_id!: string;

  @Id({ description: 'The port it leads to.', nullable: true })
  port_id!: string | null;

  @Text({ description: 'Which address of the port; null: its first.', nullable: true, example: null })
  fixed_ip_address!: string | null;

  @Id({ description: 'The QoS policy it is under.', nullable: true, example: null })
  qos_policy_id!: string | null;

  @Text({
    description: 'Its id in the cluster; null until it has one.',
    example: '2b4f6d80-1a3c-4e5f-9b7d-8c6a4e2f0d1b',
    nullable: true,
  })
  openstack_id!: string | null;

  @Part(() => ObservedPortBody, { description: 'What its cluster said of it last.', nullable: true })
  observed!: ObservedPortBody | null;

  @Time({ description: 'When the cluster said so.', nullable: true })
  observed_at!: string | null;
}

export class FloatingIpList {
  @Parts(() => FloatingIpBody, { description: 'The floating IPs of this page.', max: 1000 })
  floating_ips!: FloatingIpBody[];

  @NextLink()
  next!: string | null;
}

export class FloatingIpAccepted {
  @Part(() => FloatingIpBody, { description: 'The floating IP as it is to be.' })
  floating_ip!: FloatingIpBody;

  @Part(() => AcceptedTask, { description: 'The task.', nullable: true })
  task!: AcceptedTask | null;
}

export class FloatingIpPlan {
  @Part(() => FloatingIpBody, { description: 'The floating IP as it would be, and its cluster.' })
  floating_ip!: FloatingIpBody;
}

export class FloatingIpPlanned {
  @Part(() => FloatingIpPlan, { description: 'What would be done.' })
  plan!: FloatingIpPlan;
}

export const floatingIpView = (ip: FloatingIp): FloatingIpBody => ({
  ...lifecycleView(ip),
  address: ip.address,
  cluster_id: ip.clusterId,
  network_id: ip.networkId,
  port_id: ip.portId,
  fixed_ip_address: ip.fixedIpAddress,
  qos_policy_id: ip.qosPolicyId,
  openstack_id: ip.openstackId,
  observed:
    ip.observedStatus === null ? null : { status: ip.observedStatus, revision_number: ip.revisionNumber },
  observed_at: ip.observedAt?.toISOString() ?? null,
});
