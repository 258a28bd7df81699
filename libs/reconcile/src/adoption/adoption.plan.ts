import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ObservedReader, type StoredObject } from '@ultron/sync/observed/observed.reader';
import type { Adoptable } from './adoptable.js';
import type { AdoptedRow } from './adoption.entity.js';
import { AdoptionRows, type PortToAdopt, type ServerToAdopt } from './adoption.rows.js';
import { adopteeAttached } from './adoption.faults.js';
import { hangsOnServer } from './adoption.rules.js';
import { portRow, serverDetail } from './adoption.view.js';

/** What is to be adopted, by its place. */
export interface Thing {
  clusterId: string;
  kind: Adoptable;
  openstackId: string;
}

/** What an adoption would make, by what was seen last; nothing is asked of the cluster. */
@Injectable()
export class AdoptionPlan {
  constructor(
    @Inject(ObservedReader) private readonly observed: ObservedReader,
    @Inject(AdoptionRows) private readonly rows: AdoptionRows,
  ) {}

  /**
   * @throws Fault `adoptee_unknown` when nothing like that was seen, `adoptee_ours` when a row has it,
   * `adoptee_attached` for the port of a server.
   */
  async find(read: Transaction, thing: Thing): Promise<StoredObject> {
    const object = await this.observed.find(read, thing, thing.openstackId);
    if (!object || object.goneAt) throw adopteeUnknown(thing);
    if (thing.kind === 'network') {
      const place = await this.rows.placeOf(read, thing.clusterId, thing.openstackId);
      const ours = place.vpcId ?? place.networkId;
      if (ours !== null) throw adopteeOurs(thing, ours);
      return object;
    }
    const claimant = await this.rows.claimant(read, thing.kind, thing.clusterId, thing.openstackId);
    if (claimant) throw adopteeOurs(thing, claimant.id);
    const [device_id, device_owner] = [text(object.fields['device_id']), text(object.fields['device_owner'])];
    if (thing.kind === 'port' && hangsOnServer({ device_id, device_owner }))
      throw adopteeAttached(object.id, device_id);
    return object;
  }

  /** The rows that would come to be. Throws as `find`. */
  async rowsOf(read: Transaction, thing: Thing, projectId: string): Promise<AdoptedRow[]> {
    const object = await this.find(read, thing);
    if (thing.kind === 'network')
      return [{ kind: 'network', id: '', openstack_id: object.id, detail: { name: object.name } }];
    if (thing.kind === 'port') return [await this.portRow(read, object, projectId)];
    const server = serverOf(object, projectId);
    const { flavorId, imageId } = await this.rows.mappingOf(read, object.clusterId, server);
    const ports = await this.observed.ofParent(
      read,
      { clusterId: object.clusterId, kind: 'port' },
      object.id,
    );
    server.securityGroups = await this.rows.groupNames(read, object.clusterId, [
      ...new Set(ports.flatMap(({ fields }) => texts(fields['security_groups']))),
    ]);
    const portRows = await Promise.all(ports.map((port) => this.portRow(read, port, projectId)));
    return [
      { kind: 'server', id: '', openstack_id: object.id, detail: serverDetail(server, flavorId, imageId) },
      ...portRows,
    ];
  }

  private async portRow(read: Transaction, object: StoredObject, projectId: string): Promise<AdoptedRow> {
    const network = text(object.fields['network_id']);
    const place = await this.rows.placeOf(read, object.clusterId, network);
    return portRow(portOf(object, projectId, network), place);
  }
}

function serverOf(object: StoredObject, projectId: string): ServerToAdopt {
  const flavor = object.fields['flavor'];
  const named = flavor !== null && typeof flavor === 'object' ? (flavor as Record<string, unknown>) : {};
  return {
    id: '',
    projectId,
    clusterId: object.clusterId,
    taskId: '',
    openstackId: object.id,
    name: object.name ?? '',
    status: object.status === 'SHUTOFF' ? 'stopped' : object.status === 'ERROR' ? 'error' : 'active',
    metadata: {},
    flavor: { openstackId: textOrNull(named['id']), name: textOrNull(named['name']) },
    imageOpenstackId: textOrNull(object.fields['image_id']),
    securityGroups: [],
    observed: { status: object.status ?? '', taskState: null, powerState: null },
    createdAt: object.firstSeenAt,
  };
}

const portOf = (object: StoredObject, projectId: string, network: string): PortToAdopt => ({
  id: '',
  projectId,
  clusterId: object.clusterId,
  serverId: null,
  openstackId: object.id,
  openstackNetworkId: network,
  name: object.name ?? '',
  macAddress: text(object.fields['mac_address']),
  fixedIps: Array.isArray(object.fields['fixed_ips'])
    ? (object.fields['fixed_ips'] as PortToAdopt['fixedIps'])
    : [],
  status: object.status ?? '',
  adminStateUp: object.fields['admin_state_up'] !== false,
  revision: object.revision,
  securityGroupIds: [],
});

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const adopteeUnknown = ({ kind, openstackId }: Thing): Fault =>
  new Fault({
    code: 'adoptee_unknown',
    category: 'invalid',
    detail: `No ${kind} ${openstackId} was seen in the cluster.`,
    fields: [{ pointer: '/openstack_id', detail: 'names nothing that was seen in the cluster' }],
  });

const adopteeOurs = ({ kind, openstackId }: Thing, id: string): Fault =>
  new Fault({
    code: 'adoptee_ours',
    category: 'conflict',
    detail: `The ${kind} ${openstackId} is Ultron's ${id} already.`,
  });
