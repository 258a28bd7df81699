import { Fresh } from '../freshness/fresh.query.js';
import { SERVER_STATUSES, type ServerStatus } from '@ultron/compute/server/server.state';
import {
  Bool,
  Id,
  Integer,
  OneOf,
  Part,
  Parts,
  Text,
  TextMap,
  Texts,
  Time,
} from '../http/field/field.decorator.js';
import { PageQuery, SortBy } from '../http/paging/page.query.js';

export class PlacementBody {
  @Text({ description: 'Only in this IDC: name or id.', example: 'frankfurt-1', optional: true })
  idc?: string;

  @Texts({
    description: 'Only in these clusters: names or ids.',
    example: ['east-1', 'east-2'],
    min: 1,
    optional: true,
  })
  clusters?: string[];

  @OneOf(['spread', 'pack'], {
    description: '`spread` prefers the emptier clusters, `pack` the fuller ones; `spread` unless told.',
    optional: true,
  })
  policy?: 'spread' | 'pack';
}

const Metadata = () =>
  TextMap({
    description: 'Texts of your own; keys that begin with `ultron` or `os` are reserved.',
    example: { role: 'web' },
    optional: true,
  });

export class NicBody {
  @Text({ description: 'A VPC: name or id, see `/v1/vpcs`.', example: 'prod', optional: true })
  vpc?: string;

  @Id({ description: 'Instead of a VPC: a subnet of one; only addresses of this subnet.', optional: true })
  subnet?: string;

  @Text({
    description: 'Instead of a VPC: a logical network, name or id, see `/v1/networks`.',
    example: null,
    optional: true,
  })
  network?: string;

  @Texts({
    description:
      'In a VPC: these very addresses, one for each server in their order. Each belongs to one cluster, and binds ' +
      'its server to it.',
    example: null,
    min: 1,
    max: 100,
    optional: true,
  })
  fixed_ips?: string[];
}

export class ServerCreateBody {
  @Integer({ description: 'How many; 1 unless told.', min: 1, max: 100, example: 20, optional: true })
  count?: number;

  @Integer({
    description: 'So many suffice, where not all fit or succeed; all of them unless told.',
    min: 1,
    max: 100,
    example: 15,
    optional: true,
  })
  min_count?: number;

  @Text({
    description:
      'The name, a host name. For several, `{index}` or `{index:03}` (with zeroes) stands for 1, 2, …; without it ' +
      '`-1`, `-2`, … are added.',
    example: 'web-{index:02}',
    max: 100,
  })
  name!: string;

  @Text({ description: 'Name or id, see `/v1/flavors`.', example: 'm1.small' })
  flavor!: string;

  @Text({ description: 'Name or id, see `/v1/images`.', example: 'cirros' })
  image!: string;

  @Text({
    description: 'One logical network, name or id, see `/v1/networks`; the short form of `networks`.',
    example: null,
    optional: true,
  })
  network?: string;

  @Parts(() => NicBody, {
    description: 'The networks that each server has a port on, in this order; either these or `network`.',
    example: [{ vpc: 'prod' }],
    max: 8,
    optional: true,
  })
  networks?: NicBody[];

  @Bool({
    description:
      '`true`: they may be ended for others. They take no address below the low-water mark of a cluster, and no ' +
      'segment is dealt for them.',
    example: false,
    optional: true,
  })
  preemptible?: boolean;

  @Texts({
    description: "Names of security groups; Neutron's own `default` when none is given.",
    example: ['default'],
    max: 10,
    optional: true,
  })
  security_groups?: string[];

  @Text({ description: 'Name or id of a key pair of the project.', example: 'deploy', optional: true })
  key_pair?: string;

  @Text({
    description: 'For cloud-init: base64, at most 65535 characters.',
    example: 'I2Nsb3VkLWNvbmZpZwo=',
    max: 65_535,
    optional: true,
  })
  user_data?: string;

  @Metadata()
  metadata?: Record<string, string>;

  @Part(() => PlacementBody, {
    description: 'Where they shall be; anywhere unless told.',
    example: { policy: 'spread' },
    optional: true,
  })
  placement?: PlacementBody;

  @Bool({ description: '`true`: only tell what would be done.', example: false, optional: true })
  dry_run?: boolean;

  @Id({ description: 'Admins: the project that they are for.', optional: true })
  project_id?: string;
}

/** What is left out stays as it is. */
export class ServerPatchBody {
  @Text({ description: 'The new name.', example: 'web-1', max: 63, optional: true })
  name?: string;

  @TextMap({
    description: 'The metadata as it is to be: keys that are left out go.',
    example: { role: 'web', stage: 'prod' },
    optional: true,
  })
  metadata?: Record<string, string>;
}

export class ServerActionBody {
  @OneOf(['start', 'stop', 'reboot'], { description: 'What is to be done.' })
  action!: 'start' | 'stop' | 'reboot';

  @OneOf(['soft', 'hard'], {
    description:
      'Of a reboot: `soft` asks the system in the server, `hard` cuts the power; `soft` unless told.',
    optional: true,
  })
  type?: 'soft' | 'hard';
}

export class ServerQuery extends PageQuery {
  @Id({ description: 'Only the servers of this project.', optional: true })
  project_id?: string;

  @Text({ description: 'Only servers of exactly this name.', example: 'web-1', optional: true })
  name?: string;

  @OneOf(SERVER_STATUSES, {
    description: 'Only servers in this status; those that are gone are only shown when asked for.',
    example: 'active',
    optional: true,
  })
  status?: ServerStatus;

  @Text({ description: 'Only servers in this cluster: name or id.', example: 'east-1', optional: true })
  cluster?: string;

  @Text({ description: 'Only servers in this IDC: name or id.', example: 'frankfurt-1', optional: true })
  idc?: string;

  @Text({ description: 'Only servers of this flavor: name or id.', example: 'm1.small', optional: true })
  flavor?: string;

  @Text({ description: 'Only servers of this image: name or id.', example: 'cirros', optional: true })
  image?: string;

  @Text({ description: 'Only servers in this network: name or id.', example: 'private', optional: true })
  network?: string;

  @Id({ description: 'Only servers in this VPC.', optional: true })
  vpc?: string;

  @Id({ description: 'Only servers with an address of this subnet of a VPC.', optional: true })
  subnet?: string;

  @Id({
    description: 'Only the servers that this task, or the tasks of this batch, work on.',
    optional: true,
  })
  task_id?: string;

  @Time({ description: 'Only servers asked for after this time.', optional: true })
  created_after?: string;

  @Time({ description: 'Only servers asked for before this time.', optional: true })
  created_before?: string;

  @Time({ description: 'Only servers that changed after this time.', optional: true })
  updated_after?: string;

  @Fresh()
  fresh?: string;

  @SortBy(['created_at', 'name'])
  sort?: string;
}
