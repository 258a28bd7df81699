import { SERVER_STATUSES } from '@ultron/compute/server/server.state';
import {
  AnyJson,
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
import { AcceptedTask } from '../task/task.dto.js';
import { NextLink } from '../http/paging/page.query.js';

export class ReferenceView {
  @Id({ description: 'Its id.' })
  id!: string;

  @Text({ description: 'Its name; null when it is not known any more.', example: 'm1.small', nullable: true })
  name!: string | null;
}

export class AddressView {
  @Text({ description: 'The address.', example: '10.0.0.17' })
  ip_address!: string;

  @Text({ description: 'The MAC address of its port.', example: 'fa:16:3e:0a:1b:2c' })
  mac_address!: string;

  @Part(() => ReferenceView, { description: 'The logical network it is in.', nullable: true })
  network!: ReferenceView | null;

  @Part(() => ReferenceView, { description: 'The VPC it is in.', nullable: true, example: null })
  vpc!: ReferenceView | null;

  @Id({ description: 'The subnet of the VPC.', nullable: true })
  subnet_id!: string | null;

  @Text({ description: "The port's id in the cluster.", example: '6a3f0b52-7e2b-4d5f-8a69-0c1d2e3f4a5b' })
  port_id!: string;
}

export class ObservedServerView {
  @Text({ description: 'The status in Nova.', example: 'ACTIVE' })
  status!: string;

  @Text({ description: 'What Nova is doing with it.', example: null, nullable: true })
  task_state!: string | null;

  @Integer({
    description: "Nova's number of the power state; 1 is running, 4 is off.",
    nullable: true,
    example: 1,
  })
  power_state!: number | null;

  @Text({
    description: 'Its name there: another one when somebody renamed it behind the back of Ultron.',
    example: 'web-01',
    nullable: true,
  })
  name!: string | null;

  @Text({ description: 'The host it runs on.', example: 'compute-3', nullable: true })
  host!: string | null;

  @Time({ description: 'When it changed last, by the clock of its cluster.', nullable: true })
  updated_at!: string | null;

  @OneOf(['present', 'missing', 'gone'], {
    description:
      '`missing`: not in the last complete list of its cluster, perhaps gone. `gone`: the cluster was asked for it ' +
      'by its id and has none.',
    example: 'present',
  })
  presence!: string;

  @Time({ description: 'Since when it is missing.', nullable: true, example: null })
  missing_since!: string | null;

  @Time({ description: 'When it was known to be gone.', nullable: true, example: null })
  gone_at!: string | null;
}

export class SubnetReferenceView {
  @Id({ description: 'Its id.' })
  id!: string;

  @Text({ description: 'Its block.', example: '11.0.0.0/22', nullable: true })
  cidr!: string | null;
}

export class ServerNetworkView {
  @Part(() => ReferenceView, { description: 'The logical network.', nullable: true, example: null })
  network!: ReferenceView | null;

  @Part(() => ReferenceView, { description: 'Or the VPC.', nullable: true })
  vpc!: ReferenceView | null;

  @Part(() => SubnetReferenceView, { description: 'The subnet of the VPC.', nullable: true })
  subnet!: SubnetReferenceView | null;

  @Text({
    description:
      'The address: in a VPC known from the beginning, in a logical network once its cluster chose it.',
    example: '11.0.0.5',
    nullable: true,
  })
  ip_address!: string | null;

  @Bool({ description: 'Whether this very address was asked for.', example: false })
  fixed!: boolean;
}

export class ServerBody {
  @Id({ description: 'The id of the server.' })
  id!: string;

  @Id({ description: 'The project it belongs to.' })
  project_id!: string;

  @Text({ description: 'The name.', example: 'web-01' })
  name!: string;

  @OneOf(SERVER_STATUSES, { description: 'Where it stands.', example: 'active' })
  status!: string;

  @AnyJson({
    description: 'Why it is in `error`, or why the last action on it failed.',
    nullable: true,
    example: null,
  })
  fault!: object | null;

  @Part(() => ReferenceView, {
    description: 'Its flavor; null for an adopted server whose flavor is not mapped.',
    nullable: true,
  })
  flavor!: ReferenceView | null;

  @Part(() => ReferenceView, {
    description: 'The image it was made from; null for an adopted server whose image is not known.',
    nullable: true,
  })
  image!: ReferenceView | null;

  @Part(() => ReferenceView, {
    description: 'Its logical network, when it has no other; else see `networks`.',
    nullable: true,
  })
  network!: ReferenceView | null;

  @Parts(() => ServerNetworkView, { description: 'Its networks, in the order in which they were asked for.' })
  networks!: ServerNetworkView[];

  @Bool({ description: 'Whether it may be ended for others.', example: false })
  preemptible!: boolean;

  @Id({ description: 'Its key pair.', nullable: true })
  key_pair_id!: string | null;

  @TextMap({ description: 'Texts of the caller.', example: { role: 'web' } })
  metadata!: Record<string, string>;

  @Texts({ description: 'The names of its security groups.', example: ['default'] })
  security_groups!: string[];

  @AnyJson({ description: 'Where it was wished to be.', example: { policy: 'spread' } })
  placement!: object;

  @Part(() => ReferenceView, { description: 'The cluster it is, or is to be, in.' })
  cluster!: ReferenceView;

  @Part(() => ReferenceView, { description: 'The IDC of the cluster.', nullable: true })
  idc!: ReferenceView | null;

  @Parts(() => AddressView, { description: 'Its addresses; known before it is there.' })
  addresses!: AddressView[];

  @Text({
    description: 'Its id in the cluster; null until it has one.',
    example: '2b4f6d80-1a3c-4e5f-9b7d-8c6a4e2f0d1b',
    nullable: true,
  })
  openstack_id!: string | null;

  @Part(() => ObservedServerView, { description: 'What its cluster said of it last.', nullable: true })
  observed!: ObservedServerView | null;

  @Time({ description: 'When the cluster said so.', nullable: true })
  observed_at!: string | null;

  @Id({ description: 'The task that changes it now, or changed it last.' })
  task_id!: string;

  @Integer({ description: 'Grows with every change; the entity tag.', min: 1, example: 3 })
  version!: number;

  @Time({ description: 'When it was asked for.' })
  created_at!: string;

  @Time({ description: 'When it last changed.' })
  updated_at!: string;

  @Time({ description: 'When it was gone.', nullable: true, example: null })
  deleted_at!: string | null;
}

export class ServersAccepted {
  @Parts(() => ServerBody, { description: 'The servers, in the order of their names.' })
  servers!: ServerBody[];

  @Part(() => AcceptedTask, { description: 'The task that makes them: of several, the parent of one each.' })
  task!: AcceptedTask;
}

export class ServerAccepted {
  @Part(() => ServerBody, { description: 'The server as it is now.' })
  server!: ServerBody;

  @Part(() => AcceptedTask, { description: 'The task that does it.' })
  task!: AcceptedTask;
}

export class PlannedServer {
  @Text({ description: 'The name it would get.', example: 'web-01' })
  name!: string;

  @Part(() => ReferenceView, { description: 'Where it would be.' })
  cluster!: ReferenceView;

  @Texts({
    description: 'The addresses of VPCs that it would get now, in the order of its networks.',
    example: ['11.0.0.5'],
    max: 8,
  })
  addresses!: string[];
}

export class PlanBody {
  @Parts(() => PlannedServer, { description: 'The servers that would be made.' })
  servers!: PlannedServer[];

  @AnyJson({ description: 'Why: each cluster with what refused it, or its weights.', example: { count: 1 } })
  explain!: object;
}

export class ServersPlanned {
  @Part(() => PlanBody, { description: 'What would be done; nothing was written or reserved.' })
  plan!: PlanBody;
}

export class ServerList {
  @Parts(() => ServerBody, { description: 'The servers of this page.', max: 1000 })
  servers!: ServerBody[];

  @NextLink()
  next!: string | null;
}

export class FixedIpView {
  @Text({ description: 'The address.', example: '10.0.0.17' })
  ip_address!: string;

  @Text({ description: "The subnet's id in the cluster.", example: '0d1b2b4f-6d80-4a3c-9e5f-9b7d8c6a4e2f' })
  subnet_id!: string;
}

export class PortBody {
  @Id({ description: 'The id of the port.' })
  id!: string;

  @Id({ description: 'The server it belongs to.' })
  server_id!: string;

  @Id({ description: 'The cluster it is in.' })
  cluster_id!: string;

  @Id({ description: 'The logical network it is in; null in a VPC.', nullable: true })
  network_id!: string | null;

  @Text({ description: 'Its id in the cluster.', example: '6a3f0b52-7e2b-4d5f-8a69-0c1d2e3f4a5b' })
  openstack_id!: string;

  @Text({ description: 'Its MAC address.', example: 'fa:16:3e:0a:1b:2c' })
  mac_address!: string;

  @Parts(() => FixedIpView, { description: 'Its addresses.' })
  fixed_ips!: FixedIpView[];

  @Text({ description: 'Its status in Neutron.', example: 'ACTIVE' })
  status!: string;

  @Time({ description: 'When that was seen.' })
  observed_at!: string;

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class PortList {
  @Parts(() => PortBody, { description: 'The ports of the server.' })
  ports!: PortBody[];
}
