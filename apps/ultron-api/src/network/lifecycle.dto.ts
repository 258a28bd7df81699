import { LIFECYCLE_STATUSES } from '@ultron/network/lifecycle/lifecycle.state';
import type { LifecycleRow } from '@ultron/network/lifecycle/lifecycle.entity';
import { AnyJson, Id, Integer, OneOf, Text, Time } from '../http/field/field.decorator.js';

/** The fields that ports, routers, floating IPs and QoS policies share. */
export class LifecycleBody {
  @Id({ description: 'Its id.' })
  id!: string;

  @Id({ description: 'The project it belongs to.', nullable: true })
  project_id!: string | null;

  @Text({ description: 'What the caller says about it.', example: 'of the shop', min: 0 })
  description!: string;

  @OneOf(LIFECYCLE_STATUSES, {
    description:
      'Where it stands. `degraded`: some of its clusters have it as it should be, others do not. A change that a ' +
      'cluster refused is taken back, and `fault` says why.',
    example: 'active',
  })
  status!: string;

  @AnyJson({ description: 'Why the last task about it failed.', nullable: true, example: null })
  fault!: object | null;

  @Id({ description: 'The task that changes it now, or changed it last.', nullable: true })
  task_id!: string | null;

  @Integer({ description: 'Grows with every change; the entity tag.', min: 1, example: 3 })
  version!: number;

  @Time({ description: 'When it was asked for.' })
  created_at!: string;

  @Time({ description: 'When it last changed.' })
  updated_at!: string;

  @Time({ description: 'When it was gone.', nullable: true, example: null })
  deleted_at!: string | null;
}

/** What one cluster has of something that many clusters may have. */
export class ClusterPartBody {
  @Id({ description: 'The cluster.' })
  cluster_id!: string;

  @OneOf(LIFECYCLE_STATUSES, { description: 'Where it stands there.', example: 'active' })
  status!: string;

  @AnyJson({ description: 'Why it failed there.', nullable: true, example: null })
  fault!: object | null;

  @Text({ description: 'Its id there.', example: '0d1b2b4f-6d80-4a3c-9e5f-9b7d8c6a4e2f', nullable: true })
  openstack_id!: string | null;

  @Id({ description: 'The task that changes it there now, or changed it last.', nullable: true })
  task_id!: string | null;

  @Time({ description: 'When it was last seen.', nullable: true })
  observed_at!: string | null;
}

export const lifecycleView = (row: LifecycleRow & { projectId: string | null }): LifecycleBody => ({
  id: row.id,
  project_id: row.projectId,
  description: row.description,
  status: row.status,
  fault: row.fault,
  task_id: row.taskId,
  version: row.version,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
  deleted_at: row.deletedAt?.toISOString() ?? null,
});

interface Part {
  clusterId: string;
  status: string;
  fault: object | null;
  openstackId: string | null;
  taskId: string | null;
  observedAt: Date | null;
}

export const clusterPartView = (part: Part): ClusterPartBody => ({
  cluster_id: part.clusterId,
  status: part.status,
  fault: part.fault,
  openstack_id: part.openstackId,
  task_id: part.taskId,
  observed_at: part.observedAt?.toISOString() ?? null,
});

export const Name = (): PropertyDecorator =>
  Text({ description: 'For people; need not be unique.', example: 'front', max: 255, optional: true });

export const Description = (): PropertyDecorator =>
  Text({ description: 'For people.', example: 'of the shop', min: 0, max: 255, optional: true });

export const dateOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);
