import { SYNC_KINDS, type SyncKindName } from '@ultron/sync/kind/sync-kinds';
import { Fresh } from '../freshness/fresh.query.js';
import { AnyJson, Id, Integer, OneOf, Parts, Text, Time } from '../http/field/field.decorator.js';
import { PageQuery, SortBy } from '../http/paging/page.query.js';

const KIND = {
  pattern: /^[a-z_]{1,32}$/,
  patternText: 'lower-case letters and _',
  example: 'server',
} as const;

export const PRESENCES = ['present', 'missing', 'gone'] as const;

export class ObservedObjectQuery extends PageQuery {
  @OneOf(SYNC_KINDS, { description: 'Which kind.', example: 'server' })
  kind!: SyncKindName;

  @Text({ description: 'Only objects of exactly this name.', example: 'web-1', optional: true })
  name?: string;

  @Text({
    description: 'Only objects with this status in OpenStack.',
    example: 'ACTIVE',
    max: 32,
    optional: true,
  })
  status?: string;

  @Text({
    description: "Only objects of this project: OpenStack's id, not ours.",
    example: '1f6a7d9c0b2e4f5a8d3c6b9e0f1a2d4c',
    max: 64,
    optional: true,
  })
  project?: string;

  @Text({
    description: 'Only what hangs on this object, by its id in the cluster: the ports of a server.',
    example: '2b4f6d80-1a3c-4e5f-9b7d-8c6a4e2f0d1b',
    optional: true,
  })
  parent?: string;

  @OneOf(PRESENCES, {
    description: 'Only objects that are so; those that are gone are only shown when asked for.',
    example: 'missing',
    optional: true,
  })
  presence?: (typeof PRESENCES)[number];

  @Time({ description: 'Only objects that were seen to change at or after this time.', optional: true })
  observed_after?: string;

  @Fresh()
  fresh?: string;

  @SortBy(['id'])
  sort?: string;
}

export class ObservedObjectBody {
  @Text({
    description: 'Its id in the cluster; its name where it has none there.',
    example: '2b4f6d80-1a3c-4e5f-9b7d-8c6a4e2f0d1b',
  })
  id!: string;

  @Text({ description: 'Which kind of thing it is.', ...KIND })
  kind!: string;

  @Id({ description: 'The cluster it is in.' })
  cluster_id!: string;

  @Text({ description: 'Its name.', example: 'web-1', nullable: true })
  name!: string | null;

  @Text({
    description: "OpenStack's id of the project it belongs to.",
    example: '1f6a7d9c0b2e4f5a8d3c6b9e0f1a2d4c',
    nullable: true,
  })
  project!: string | null;

  @Text({ description: 'Its status in OpenStack.', example: 'ACTIVE', nullable: true })
  status!: string | null;

  @Text({ description: 'What it hangs on: the server of a port.', nullable: true, example: null })
  parent!: string | null;

  @Integer({ description: "Neutron's revision number.", nullable: true, example: null })
  revision!: number | null;

  @AnyJson({
    description: 'All else that is kept of it, by kind.',
    example: { task_state: null, power_state: 1, host: 'compute-3' },
  })
  fields!: object;

  @Id({
    description: 'What of Ultron its mark names: the server, port or segment that it was made for.',
    nullable: true,
    example: null,
  })
  ultron_id!: string | null;

  @OneOf(PRESENCES, {
    description:
      '`missing`: not in the last complete list, perhaps gone. `gone`: the cluster was asked for it by id and has none.',
    example: 'present',
  })
  presence!: (typeof PRESENCES)[number];

  @Time({ description: 'When it changed last, by the clock of the cluster.', nullable: true })
  updated_at!: string | null;

  @Time({ description: 'When it was first seen as it is.' })
  changed_at!: string;

  @Time({ description: 'Up to when that is known to hold: when the last reading of the cluster began.' })
  observed_at!: string;

  @Time({ description: 'When it was first seen at all.' })
  first_seen_at!: string;

  @Time({ description: 'Since when it is missing.', nullable: true, example: null })
  missing_since!: string | null;

  @Time({ description: 'When it was known to be gone.', nullable: true, example: null })
  gone_at!: string | null;
}

export class ObservedObjectList {
  @Parts(() => ObservedObjectBody, { description: 'The objects, in the order of their ids.', max: 1000 })
  objects!: ObservedObjectBody[];

  @Text({
    description: 'The path of the next page; null on the last.',
    nullable: true,
    example: null,
    max: 4000,
  })
  next!: string | null;
}
