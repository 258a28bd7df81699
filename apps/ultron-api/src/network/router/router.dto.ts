import { LIFECYCLE_STATUSES, type LifecycleStatus } from '@ultron/network/lifecycle/lifecycle.state';
import type { RouterDetail } from '@ultron/network/router/router.service';
import { Bool, Id, OneOf, Part, Parts, Text, Texts, Time } from '../../http/field/field.decorator.js';
import { Fresh } from '../../freshness/fresh.query.js';
import { NextLink, PageQuery, SortBy } from '../../http/paging/page.query.js';
import { AcceptedTask } from '../../task/task.dto.js';
import {
  ClusterPartBody,
  clusterPartView,
  Description,
  LifecycleBody,
  lifecycleView,
  Name,
} from '../lifecycle.dto.js';

export class RouterCreateBody {
  @Text({ description: 'The VPC, by name or id; one that is routed.', example: 'prod' })
  vpc!: string;

  @Name()
  name?: string;

  @Description()
  description?: string;

  @Bool({ description: 'Whether it passes anything.', optional: true, example: true })
  admin_state_up?: boolean;

  @Text({
    description:
      'The network that leads out, by name or id; every cluster that is to have the router must have it.',
    optional: true,
    example: 'public',
  })
  external_network?: string;

  @Bool({
    description:
      'Whether what has no floating IP goes out by the address of the gateway; unless told, as the cluster has it.',
    optional: true,
  })
  enable_snat?: boolean;

  @Texts({
    description: 'Ids of subnets of the VPC that have their gateway here.',
    optional: true,
    example: ['01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b'],
    itemMax: 36,
  })
  subnets?: string[];

  @Bool({ description: 'Only say what would be done.', optional: true, example: false })
  dry_run?: boolean;

  @Id({ description: 'Admins: the project that it is for.', optional: true })
  project_id?: string;
}

export class RouterPatchBody {
  @Name()
  name?: string;

  @Description()
  description?: string;

  @Bool({ description: 'Whether it passes anything.', optional: true, example: false })
  admin_state_up?: boolean;

  @Text({
    description: 'The network that leads out, by name or id; null: none.',
    optional: true,
    nullable: true,
    example: 'public',
  })
  external_network?: string | null;

  @Bool({
    description:
      'Whether what has no floating IP goes out by the address of the gateway; null: as the cluster has it.',
    optional: true,
    nullable: true,
  })
  enable_snat?: boolean | null;
}

export class RouterInterfaceCreateBody {
  @Id({ description: 'A subnet of the VPC of the router.' })
  subnet_id!: string;

  @Bool({ description: 'Only say what would be done.', optional: true, example: false })
  dry_run?: boolean;
}

export class RouterQuery extends PageQuery {
  @Id({ description: 'Only those of this project.', optional: true })
  project_id?: string;

  @Text({ description: 'Only those of this name.', optional: true })
  name?: string;

  @OneOf(LIFECYCLE_STATUSES, { description: 'Only those that stand so.', optional: true })
  status?: LifecycleStatus;

  @Id({ description: 'Only those of this VPC.', optional: true })
  vpc_id?: string;

  @Time({ description: 'Only those asked for after this time.', optional: true })
  created_after?: string;

  @Time({ description: 'Only those asked for before this time.', optional: true })
  created_before?: string;

  @Fresh()
  fresh?: string;

  @SortBy(['created_at', 'name'])
  sort?: string;
}

export class RouterInterfaceBody {
  @Id({ description: 'A subnet whose segments have their gateway here.' })
  subnet_id!: string;

  @Time({ description: 'Since when it is to be so.' })
  created_at!: string;
}

export class ClusterRouterInterfaceBody {
  @Id({ description: 'The segment.' })
  segment_id!: string;

  @Text({ description: 'Its subnet in the cluster.', example: '6a3f0b52-7e2b-4d5f-8a69-0c1d2e3f4a5b' })
  openstack_subnet_id!: string;

  @Text({ description: 'The port of the router in it.', example: '9c1e2d3f-4a5b-4c6d-8e7f-0a1b2c3d4e5f' })
  openstack_port_id!: string;
}

export class ClusterRouterBody extends ClusterPartBody {
  @Texts({ description: 'Its addresses in the external network.', example: ['203.0.113.2'] })
  external_addresses!: string[];

  @Parts(() => ClusterRouterInterfaceBody, {
    description: 'The segments of the cluster that have their gateway at it.',
    max: 1000,
  })
  interfaces!: ClusterRouterInterfaceBody[];
}

export class RouterBody extends LifecycleBody {
  @Text({ description: 'Its name.', example: 'edge', min: 0 })
  name!: string;

  @Id({ description: 'The VPC it routes.' })
  vpc_id!: string;

  @Bool({ description: 'Whether it is to pass anything.', example: true })
  admin_state_up!: boolean;

  @Id({ description: 'The network that leads out.', nullable: true })
  external_network_id!: string | null;

  @Bool({ description: 'Null: as the cluster has it.', nullable: true, example: null })
  enable_snat!: boolean | null;

  @Parts(() => RouterInterfaceBody, { description: 'The subnets that are attached.', max: 1000 })
  interfaces!: RouterInterfaceBody[];

  @Parts(() => ClusterRouterBody, {
    description: 'The router of each cluster that has segments of these subnets.',
    max: 1000,
  })
  clusters!: ClusterRouterBody[];
}

export class RouterList {
  @Parts(() => RouterBody, { description: 'The routers of this page.', max: 1000 })
  routers!: RouterBody[];

  @NextLink()
  next!: string | null;
}

export class RouterAccepted {
  @Part(() => RouterBody, { description: 'The router as it is to be.' })
  router!: RouterBody;

  @Part(() => AcceptedTask, {
    description: 'The parent of one task per cluster; null where no cluster has, or is to have, the router.',
    nullable: true,
  })
  task!: AcceptedTask | null;
}

export class RouterPlan {
  @Part(() => RouterBody, { description: 'The router as it would be, with the clusters that would have it.' })
  router!: RouterBody;
}

export class RouterPlanned {
  @Part(() => RouterPlan, { description: 'What would be done.' })
  plan!: RouterPlan;
}

export const routerView = (router: RouterDetail): RouterBody => ({
  ...lifecycleView(router),
  name: router.name,
  vpc_id: router.vpcId,
  admin_state_up: router.adminStateUp,
  external_network_id: router.externalNetworkId,
  enable_snat: router.enableSnat,
  interfaces: router.interfaces.map(({ subnetId, createdAt }) => ({
    subnet_id: subnetId,
    created_at: createdAt.toISOString(),
  })),
  clusters: router.clusters.map((part) => ({
    ...clusterPartView(part),
    external_addresses: part.externalAddresses,
    interfaces: part.interfaces.map((leg) => ({
      segment_id: leg.segmentId,
      openstack_subnet_id: leg.openstackSubnetId,
      openstack_port_id: leg.openstackPortId,
    })),
  })),
});
