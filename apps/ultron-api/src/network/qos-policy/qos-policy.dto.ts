import { LIFECYCLE_STATUSES, type LifecycleStatus } from '@ultron/network/lifecycle/lifecycle.state';
import { DIRECTIONS, type Direction } from '@ultron/network/qos-policy/qos-policy.entity';
import { MOST_KBPS } from '@ultron/network/qos-policy/qos-policy.rules';
import type { QosPolicyDetail } from '@ultron/network/qos-policy/qos-policy.service';
import { Bool, Id, Integer, OneOf, Part, Parts, Text } from '../../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../../http/paging/page.query.js';
import { AcceptedTask } from '../../task/task.dto.js';
import {
  ClusterPartBody,
  clusterPartView,
  Description,
  LifecycleBody,
  lifecycleView,
} from '../lifecycle.dto.js';

export class BandwidthLimitBody {
  @OneOf(DIRECTIONS, { description: 'As seen from the port: `egress` is what it sends.', example: 'egress' })
  direction!: Direction;

  @Integer({ description: 'Kilobits per second.', min: 1, max: MOST_KBPS, example: 100_000 })
  max_kbps!: number;

  @Integer({
    description: 'Kilobits in a burst; 0, or left out: the choice of the cluster.',
    min: 0,
    max: MOST_KBPS,
    optional: true,
    example: 80_000,
  })
  max_burst_kbps?: number;
}

const Limits = (optional: boolean) =>
  Parts(() => BandwidthLimitBody, {
    description: 'How much may pass: one limit for each direction at most.',
    max: 2,
    optional,
    example: [{ direction: 'egress', max_kbps: 100_000 }],
  });

export class QosPolicyCreateBody {
  @Text({ description: 'For people; need not be unique.', example: '100 Mbit/s' })
  name!: string;

  @Description()
  description?: string;

  @Limits(false)
  bandwidth_limits!: BandwidthLimitBody[];

  @Bool({ description: 'Only say what would be done.', optional: true, example: false })
  dry_run?: boolean;

  @Id({ description: 'Admins: the project that it is for.', optional: true })
  project_id?: string;
}

export class QosPolicyPatchBody {
  @Text({ description: 'For people; need not be unique.', example: '100 Mbit/s', optional: true })
  name?: string;

  @Description()
  description?: string;

  @Limits(true)
  bandwidth_limits?: BandwidthLimitBody[];
}

export class QosPolicyQuery extends PageQuery {
  @Id({ description: 'Only those of this project.', optional: true })
  project_id?: string;

  @Text({ description: 'Only those of this name.', optional: true })
  name?: string;

  @OneOf(LIFECYCLE_STATUSES, { description: 'Only those that stand so.', optional: true })
  status?: LifecycleStatus;

  @SortBy(['created_at', 'name'])
  sort?: string;
}

export class ClusterQosPolicyBody extends ClusterPartBody {
  @Integer({ description: 'The version of the policy that the cluster was told.', min: 0, example: 3 })
  told_version!: number;
}

export class QosPolicyBody extends LifecycleBody {
  @Text({ description: 'Its name.', example: '100 Mbit/s' })
  name!: string;

  @Parts(() => BandwidthLimitBody, { description: 'How much may pass.', max: 2 })
  bandwidth_limits!: BandwidthLimitBody[];

  @Parts(() => ClusterQosPolicyBody, {
    description: 'The clusters that have it: those where something is, or was, under it.',
    max: 1000,
  })
  clusters!: ClusterQosPolicyBody[];
}

export class QosPolicyList {
  @Parts(() => QosPolicyBody, { description: 'The policies of this page.', max: 1000 })
  qos_policies!: QosPolicyBody[];

  @NextLink()
  next!: string | null;
}

export class QosPolicyAccepted {
  @Part(() => QosPolicyBody, { description: 'The policy as it is to be.' })
  qos_policy!: QosPolicyBody;

  @Part(() => AcceptedTask, {
    description: 'The parent of one task per cluster that has the policy; null where none has it.',
    nullable: true,
  })
  task!: AcceptedTask | null;
}

export class QosPolicyPlan {
  @Part(() => QosPolicyBody, { description: 'The policy as it would be.' })
  qos_policy!: QosPolicyBody;
}

export class QosPolicyPlanned {
  @Part(() => QosPolicyPlan, { description: 'What would be done.' })
  plan!: QosPolicyPlan;
}

export const qosPolicyView = (policy: QosPolicyDetail): QosPolicyBody => ({
  ...lifecycleView(policy),
  name: policy.name,
  bandwidth_limits: policy.bandwidthLimits,
  clusters: policy.clusters.map((part) => ({ ...clusterPartView(part), told_version: part.toldVersion })),
});
