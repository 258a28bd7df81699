import {
  AnyJson,
  Bool,
  Id,
  Integer,
  OneOf,
  Part,
  Parts,
  Text,
  Texts,
  Time,
} from '../http/field/field.decorator.js';
import { NETWORK_BACKENDS } from '@ultron/cluster/inventory/network-capability';
import { CLUSTER_STATES } from '@ultron/cluster/cluster/cluster.state';
import { AcceptedTask } from '../task/task.dto.js';
import { NextLink } from '../http/paging/page.query.js';

export class PlaceRef {
  @Id({ description: 'Its id.' })
  id!: string;

  @Text({ description: 'Its name.', example: 'frankfurt-1' })
  name!: string;
}

export class ClusterProbeView {
  @OneOf(['pending', 'ok', 'failed'], { description: 'How the last look at it ended.', example: 'ok' })
  status!: string;

  @AnyJson({
    description: 'Why it failed, and in `errors` the field to correct.',
    nullable: true,
    example: null,
  })
  fault!: object | null;

  @Time({ description: 'When it was last looked at.', nullable: true })
  probed_at!: string | null;
}

export class ClusterHealthView {
  @Bool({ description: 'Whether it answers; a single lost answer does not count.', example: true })
  reachable!: boolean;

  @Integer({ description: 'So many times in a row it did not answer.', min: 0, example: 0 })
  outages!: number;

  @Time({ description: 'Since when it has not answered.', nullable: true, example: null })
  outage_since!: string | null;

  @Text({ description: 'What happened instead of an answer.', nullable: true, example: null })
  detail!: string | null;
}

export class AmountView {
  @Integer({
    description: 'All there is, overcommit included, on hosts that take servers.',
    min: 0,
    example: 128,
  })
  total!: number;

  @Integer({ description: 'In use, as the cluster says.', min: 0, example: 40 })
  used!: number;

  @Integer({ description: 'Promised to servers that the cluster does not count yet.', min: 0, example: 8 })
  promised!: number;

  @Integer({
    description: 'Neither used nor promised; below 0 where more is used than there is.',
    example: 80,
  })
  free!: number;
}

export class ClusterCapacityView {
  @Integer({ description: 'Hosts that take servers.', min: 0, example: 4 })
  hosts!: number;

  @Integer({ description: 'Servers on them, of anybody.', min: 0, example: 12 })
  servers!: number;

  @Integer({ description: 'Servers that something is promised to.', min: 0, example: 3 })
  promised_servers!: number;

  @Part(() => AmountView, { description: 'Virtual CPUs.' })
  vcpus!: AmountView;

  @Part(() => AmountView, { description: 'RAM in MiB.' })
  ram_mb!: AmountView;

  @Part(() => AmountView, { description: 'Local disk in GiB.' })
  disk_gb!: AmountView;

  @Time({ description: 'When the cluster was asked.', nullable: true })
  observed_at!: string | null;
}

/** What anybody may know of a cluster. */
export class ClusterBrief {
  @Id({ description: 'The id of the cluster.' })
  id!: string;

  @Text({ description: 'Unique among the clusters.', example: 'east-1' })
  name!: string;

  @Part(() => PlaceRef, { description: 'The building it stands in.' })
  idc!: PlaceRef;

  @OneOf(CLUSTER_STATES, { description: 'What it may be used for.', example: 'enabled' })
  state!: string;

  @Bool({ description: 'Whether new servers may be placed there now, if they fit.', example: true })
  schedulable!: boolean;

  @Bool({ description: 'Whether it answers.', example: true })
  reachable!: boolean;

  @Text({ description: 'The OpenStack release, as its API shows it.', example: 'zed', nullable: true })
  release!: string | null;
}

/** What operators see. */
export class ClusterView extends ClusterBrief {
  @Part(() => PlaceRef, { description: 'The conductors that serve it.', example: { name: 'default' } })
  conductor_group!: PlaceRef;

  @Text({ description: 'The address of Keystone.', example: 'https://keystone.east.example.com:5000/v3' })
  auth_url!: string;

  @Text({
    description: 'The region used; null where there is only one.',
    nullable: true,
    example: 'RegionOne',
  })
  region!: string | null;

  @Text({ description: 'Which endpoints are used.', example: 'public' })
  interface!: string;

  @Text({
    description: 'What kind of credential it has; the credential itself is never shown.',
    example: 'password',
  })
  credential_kind!: string;

  @OneOf(NETWORK_BACKENDS, {
    description:
      'What does its networking, as far as it shows: OVN; ML2 with agents, whose routers are on one L3 agent, ' +
      'on the compute nodes (DVR) or on several L3 agents (HA); or something else. Null until it was looked at.',
    nullable: true,
    example: 'ovn',
  })
  network_backend!: string | null;

  @Text({ description: 'Why it is in this state.', nullable: true, example: null })
  state_reason!: string | null;

  @Part(() => ClusterProbeView, { description: 'The last probe.' })
  probe!: ClusterProbeView;

  @Part(() => ClusterHealthView, { description: 'Whether it answers.' })
  health!: ClusterHealthView;

  @Part(() => ClusterCapacityView, { description: 'Null until it was first observed.', nullable: true })
  capacity!: ClusterCapacityView | null;

  @Integer({ description: 'Grows with every change by an operator; the entity tag.', min: 1, example: 1 })
  version!: number;

  @Time({ description: 'When it was registered.' })
  created_at!: string;

  @Time({ description: 'When an operator last changed it.' })
  updated_at!: string;
}

export class ClusterServiceView {
  @Text({ description: 'The type in the catalog.', example: 'compute' })
  type!: string;

  @Text({ description: 'Where conductors reach it.', example: 'https://nova.east.example.com/v2.1' })
  endpoint!: string;

  @Text({ description: 'The lowest (micro)version it speaks.', nullable: true, example: '2.1' })
  min_version!: string | null;

  @Text({ description: 'The highest (micro)version it speaks.', nullable: true, example: '2.93' })
  max_version!: string | null;
}

export class AvailabilityZoneView {
  @Text({ description: 'Its name.', example: 'nova' })
  name!: string;

  @Bool({ description: 'Whether the cluster says that it is available.', example: true })
  available!: boolean;
}

/** Something the cluster shows, and what it stands for in Ultron. */
export class MappedView {
  @Text({ description: 'Its id in the cluster.', example: '6ab1a7f3-9d7a-4c0d-8a58-0b4b1c9d2e3f' })
  openstack_id!: string;

  @Text({ description: 'Its name in the cluster.', example: 'm1.small', min: 0 })
  name!: string;

  @Id({ description: 'What it is used as; null when it is not used.', nullable: true })
  mapped_to!: string | null;

  @Text({ description: 'Why it is not used.', nullable: true, example: null })
  unmapped_reason!: string | null;
}

export class ShownView {
  @Text({ description: 'Its id in the cluster.', example: '6ab1a7f3-9d7a-4c0d-8a58-0b4b1c9d2e3f' })
  openstack_id!: string;

  @Text({ description: 'Its name in the cluster, by which requests name it.', example: 'web', min: 0 })
  name!: string;
}

export class ClusterMappingView {
  @Parts(() => MappedView, { description: 'Flavors.', max: 100_000 })
  flavors!: MappedView[];

  @Parts(() => MappedView, { description: 'Images.', max: 100_000 })
  images!: MappedView[];

  @Parts(() => MappedView, { description: 'Networks.', max: 100_000 })
  networks!: MappedView[];

  @Parts(() => ShownView, { description: 'Security groups of Ultron’s project.', max: 100_000 })
  security_groups!: ShownView[];
}

export class ClusterCircuitView {
  @Id({ description: 'The conductor that it does not answer.' })
  conductor_id!: string;

  @Time({ description: 'Since when it has not.' })
  opened_at!: string;

  @Time({ description: 'When that conductor tries it next; until then it reads nothing of it.' })
  next_try_at!: string;
}

/** What operators see of one cluster. */
export class ClusterDetailView extends ClusterView {
  @Part(() => ClusterCircuitView, {
    description: 'It does not answer the conductor that keeps it in sync. Null while it does.',
    nullable: true,
  })
  circuit!: ClusterCircuitView | null;

  @Parts(() => ClusterServiceView, { description: 'The services found.', max: 100 })
  services!: ClusterServiceView[];

  @Texts({ description: 'Aliases of the Neutron extensions found.', max: 10_000, example: ['port-security'] })
  extensions!: string[];

  @Texts({
    description: 'What it can do, by the names a request may ask for.',
    max: 10_000,
    example: ['port_tags'],
  })
  capabilities!: string[];

  @Texts({ description: 'Those of them that an operator declared.', max: 100, example: ['local_disk'] })
  declared_capabilities!: string[];

  @Parts(() => AvailabilityZoneView, { description: 'The availability zones of its Nova.', max: 10_000 })
  availability_zones!: AvailabilityZoneView[];

  @Part(() => ClusterMappingView, { description: 'What of it is mapped to what, and what is not and why.' })
  mapping!: ClusterMappingView;
}

export class ClusterList {
  @Parts(() => ClusterView, {
    description: 'The clusters of this page; who is no admin sees `id` to `release` of them only.',
    max: 1000,
  })
  clusters!: (ClusterBrief | ClusterView)[];

  @NextLink()
  next!: string | null;
}

export class ClusterAccepted {
  @Part(() => ClusterView, { description: 'The cluster as it is now.' })
  cluster!: ClusterView;

  @Part(() => AcceptedTask, {
    description: 'The probe.',
    example: { kind: 'cluster.probe', status: 'queued' },
  })
  task!: AcceptedTask;
}

export class ClusterChanged {
  @Part(() => ClusterView, { description: 'The cluster as it is now.' })
  cluster!: ClusterView;
}
