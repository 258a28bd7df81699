import { Fresh } from '../../freshness/fresh.query.js';
import { LIFECYCLE_STATUSES, type LifecycleStatus } from '@ultron/network/lifecycle/lifecycle.state';
import type { Port } from '@ultron/network/port/port.entity';
import {
  Bool,
  Id,
  Integer,
  OneOf,
  Part,
  Parts,
  Text,
  Texts,
  Time,
} from '../../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../../http/paging/page.query.js';
import { AcceptedTask } from '../../task/task.dto.js';
import { Description, LifecycleBody, lifecycleView, Name } from '../lifecycle.dto.js';

export class AddressPairBody {
  @Text({
    description: 'An address, or a block, that may be used at the port besides its own.',
    example: '192.0.2.10',
    max: 64,
  })
  ip_address!: string;

  @Text({
    description: 'With this MAC address; that of the port unless told.',
    example: 'fa:16:3e:00:00:01',
    max: 17,
    optional: true,
  })
  mac_address?: string;
}

const Pairs = () =>
  Parts(() => AddressPairBody, {
    description: 'What may be used at the port besides its own address. Needs port security.',
    optional: true,
    max: 1000,
    example: [{ ip_address: '192.0.2.10' }],
  });

const Groups = () =>
  Texts({
    description: 'Names of security groups; without it the default one of the cluster.',
    optional: true,
    example: ['default'],
  });

export class PortCreateBody {
  @Text({ description: 'A network that clusters have, by name or id.', optional: true, example: 'private' })
  network?: string;

  @Text({ description: 'A VPC, by name or id.', optional: true })
  vpc?: string;

  @Id({ description: 'A subnet of a VPC.', optional: true })
  subnet?: string;

  @Text({
    description: 'The cluster, by name or id. Unless told, the one that can do it and has most room.',
    optional: true,
    example: 'east-1',
  })
  cluster?: string;

  @Text({ description: 'This very address.', optional: true, max: 45 })
  fixed_ip?: string;

  @Name()
  name?: string;

  @Description()
  description?: string;

  @Bool({ description: 'Whether it passes anything.', optional: true, example: true })
  admin_state_up?: boolean;

  @Bool({ description: 'Whether it is protected from false addresses.', optional: true })
  port_security_enabled?: boolean;

  @Pairs()
  allowed_address_pairs?: AddressPairBody[];

  @Groups()
  security_groups?: string[];

  @Id({ description: 'The QoS policy it is under.', optional: true })
  qos_policy_id?: string;

  @Bool({ description: 'Only say what would be done.', optional: true, example: false })
  dry_run?: boolean;

  @Id({ description: 'Admins: the project that it is for.', optional: true })
  project_id?: string;
}

export class PortPatchBody {
  @Name()
  name?: string;

  @Description()
  description?: string;

  @Bool({ description: 'Whether it passes anything.', optional: true, example: false })
  admin_state_up?: boolean;

  @Bool({ description: 'Whether it is protected from false addresses.', optional: true })
  port_security_enabled?: boolean;

  @Pairs()
  allowed_address_pairs?: AddressPairBody[];

  @Groups()
  security_groups?: string[];

  @Id({ description: 'The QoS policy it is under; null: none.', optional: true, nullable: true })
  qos_policy_id?: string | null;
}

export class PortQuery extends PageQuery {
  @Id({ description: 'Only those of this project.', optional: true })
  project_id?: string;

  @Text({ description: 'Only those of this name.', optional: true })
  name?: string;

  @OneOf(LIFECYCLE_STATUSES, { description: 'Only those that stand so.', optional: true })
  status?: LifecycleStatus;

  @Id({ description: 'Only those in this cluster.', optional: true })
  cluster_id?: string;

  @Id({ description: 'Only those of this server.', optional: true })
  server_id?: string;

  @Id({ description: 'Only those on this network.', optional: true })
  network_id?: string;

  @Id({ description: 'Only those in this VPC.', optional: true })
  vpc_id?: string;

  @Id({ description: 'Only those in this subnet.', optional: true })
  subnet_id?: string;

  @Id({ description: 'Only those under this QoS policy.', optional: true })
  qos_policy_id?: string;

  @Time({ description: 'Only those asked for after this time.', optional: true })
  created_after?: string;

  @Time({ description: 'Only those asked for before this time.', optional: true })
  created_before?: string;

  @Fresh()
  fresh?: string;

  @SortBy(['created_at', 'name'])
  sort?: string;
}

export class PortAddressBody {
  @Text({ description: 'The address.', example: '11.0.0.4' })
  ip_address!: string;

  @Text({
    description: 'The id, in the cluster, of the subnet it is of; null until the cluster says so.',
    example: '6a3f0b52-7e2b-4d5f-8a69-0c1d2e3f4a5b',
    nullable: true,
  })
  openstack_subnet_id!: string | null;
}

export class ObservedPortBody {
  @Text({ description: 'As Neutron says.', example: 'ACTIVE' })
  status!: string;

  @Integer({ description: 'Of Neutron.', nullable: true, example: 4 })
  revision_number!: number | null;
}

export class NetworkPortBody extends LifecycleBody {
  @Text({ description: 'Its name.', example: 'front', min: 0 })
  name!: string;

  @Id({ description: 'The cluster it is in.' })
  cluster_id!: string;

  @Id({ description: 'The server it belongs to.', nullable: true })
  server_id!: string | null;

  @Id({ description: 'The network it is on; null in a VPC.', nullable: true })
  network_id!: string | null;

  @Id({ description: 'The VPC it is in.', nullable: true })
  vpc_id!: string | null;

  @Id({ description: 'The subnet of the VPC.', nullable: true })
  subnet_id!: string | null;

  @Id({ description: 'The segment of the subnet.', nullable: true })
  segment_id!: string | null;

  @Parts(() => PortAddressBody, { description: 'Its addresses; in a VPC known before it is there.' })
  fixed_ips!: PortAddressBody[];

  @Text({ description: 'Its MAC address.', nullable: true, example: 'fa:16:3e:00:00:01' })
  mac_address!: string | null;

  @Bool({ description: 'Whether it is to pass anything.', example: true })
  admin_state_up!: boolean;

  @Bool({
    description: 'Whether it is protected from false addresses; null: as its network is.',
    nullable: true,
  })
  port_security_enabled!: boolean | null;

  @Parts(() => AddressPairBody, { description: 'What may be used at it besides its own address.' })
  allowed_address_pairs!: AddressPairBody[];

  @Texts({ description: 'Its security groups; null: the default one.', nullable: true, example: null })
  security_groups!: string[] | null;

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

export class NetworkPortList {
  @Parts(() => NetworkPortBody, { description: 'The ports of this page.', max: 1000 })
  ports!: NetworkPortBody[];

  @NextLink()
  next!: string | null;
}

export class PortAccepted {
  @Part(() => NetworkPortBody, { description: 'The port as it is to be.' })
  port!: NetworkPortBody;

  @Part(() => AcceptedTask, { description: 'The task.', nullable: true })
  task!: AcceptedTask | null;
}

export class PortPlan {
  @Part(() => NetworkPortBody, { description: 'The port as it would be: its cluster, and its address.' })
  port!: NetworkPortBody;
}

export class PortPlanned {
  @Part(() => PortPlan, { description: 'What would be done.' })
  plan!: PortPlan;
}

export const portView = (port: Port): NetworkPortBody => ({
  ...lifecycleView(port),
  name: port.name,
  cluster_id: port.clusterId,
  server_id: port.serverId,
  network_id: port.networkId,
  vpc_id: port.vpcId,
  subnet_id: port.subnetId,
  segment_id: port.segmentId,
  fixed_ips: port.fixedIps.map(({ ip_address, subnet_id }) => ({
    ip_address,
    openstack_subnet_id: subnet_id === '' ? null : subnet_id,
  })),
  mac_address: port.macAddress,
  admin_state_up: port.adminStateUp,
  port_security_enabled: port.portSecurityEnabled,
  allowed_address_pairs: port.allowedAddressPairs.map(({ ip_address, mac_address }) => ({
    ip_address,
    ...(mac_address === undefined ? {} : { mac_address }),
  })),
  security_groups: port.securityGroups,
  qos_policy_id: port.qosPolicyId,
  openstack_id: port.openstackId,
  observed:
    port.observedStatus === null
      ? null
      : { status: port.observedStatus, revision_number: port.revisionNumber },
  observed_at: port.observedAt?.toISOString() ?? null,
});
