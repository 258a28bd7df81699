import type { InstanceActionEventWire } from '@ultron/openstack/compute/instance-actions.wire';
import type { SimClock } from '../clock/sim-clock.js';
import { Multimap, OrderedIndex } from '../store/ordered-index.js';
import { type OnChange, Table } from '../store/table.js';
import { ChangeLog } from './change-log.js';
import type { TaskState, VmState } from './server.state.js';

export interface FlavorRow {
  id: string;
  name: string;
  vcpus: number;
  ram: number;
  disk: number;
  ephemeral: number;
  swap: number;
  isPublic: boolean;
  description: string | null;
  extraSpecs: Record<string, string>;
}

export interface KeypairRow {
  /** The user's id, a dot, and the name. */
  id: string;
  userId: string;
  name: string;
  type: 'ssh' | 'x509';
  publicKey: string;
  fingerprint: string;
  number: number;
  createdAt: number;
}

export interface HostRow {
  /** The name, also of the hypervisor. */
  id: string;
  uuid: string;
  serviceUuid: string;
  number: number;
  cell: string;
  zone: string;
  address: string;
  vcpus: number;
  memoryMb: number;
  diskGb: number;
  disabledReason: string | null;
  disabled: boolean;
  /** Whether the compute service reports. */
  up: boolean;
  generation: number;
}

export interface ActionRow {
  action: string;
  requestId: string;
  userId: string;
  projectId: string;
  startTime: number;
  updatedAt: number;
  message: string | null;
  events: InstanceActionEventWire[];
}

export interface FaultRow {
  code: number;
  created: number;
  message: string;
  details: string;
}

/** What is under way on a server and when it ends, so that it goes on after a restart. */
export interface PendingRow {
  kind: 'schedule' | 'spawn' | 'start' | 'stop' | 'reboot' | 'delete';
  due: number;
  requestId: string;
  noValidHost?: boolean;
}

/** How a network was asked for at create. */
export interface RequestedNetwork {
  networkId: string;
  portId?: string;
  fixedIp?: string;
}

export interface ServerRow {
  id: string;
  /** Rises with every server; orders those of the same instant. */
  number: number;
  name: string;
  description: string | null;
  projectId: string;
  userId: string;
  createdAt: number;
  updatedAt: number;
  launchedAt: number | null;
  terminatedAt: number | null;
  vmState: VmState;
  taskState: TaskState;
  powerState: number;
  flavor: FlavorRow;
  imageId: string;
  keyName: string | null;
  metadata: Record<string, string>;
  tags: string[];
  zone: string;
  requestedZone: string | null;
  hostname: string;
  host: string | null;
  userData: string | null;
  configDrive: boolean;
  diskConfig: 'AUTO' | 'MANUAL';
  accessIPv4: string;
  accessIPv6: string;
  reservationId: string;
  launchIndex: number;
  locked: boolean;
  lockedReason: string | null;
  securityGroups: string[];
  requestedNetworks: RequestedNetwork[];
  /** Ports that Nova made itself and deletes with the server. */
  ownPorts: string[];
  fault: FaultRow | null;
  actions: ActionRow[];
  pending: PendingRow | null;
}

/** Oldest first; the lists of the API run through it backwards. */
const byAge = (a: ServerRow, b: ServerRow): number => a.createdAt - b.createdAt || a.number - b.number;

/** Deleted servers that are remembered per cluster, for `changes-since`; older ones go as if archived. */
const REMEMBERED_DELETED = 20_000;

/** Servers, with all orders in which they are asked for, and the hosts they run on. */
export class ComputeStore {
  readonly servers: Table<ServerRow>;
  readonly flavors: Table<FlavorRow>;
  readonly keypairs: Table<KeypairRow>;
  readonly hosts: Table<HostRow>;
  /** Those that are not deleted, of all projects, and by project. */
  readonly live = new OrderedIndex(byAge);
  readonly liveByName = new Multimap<string, ServerRow>();
  readonly liveByHost = new Multimap<string, ServerRow>();
  readonly changes = new ChangeLog<ServerRow>();
  readonly #liveByProject = new Map<string, OrderedIndex<ServerRow>>();
  readonly #deleted: ServerRow[] = [];
  #lastNumber = 0;

  constructor(
    onChange: OnChange,
    private readonly clock: SimClock,
  ) {
    this.servers = new Table(
      'servers',
      onChange,
      (row) => this.#added(row),
      (row) => this.#dropped(row),
    );
    this.flavors = new Table('flavors', onChange);
    this.keypairs = new Table('keypairs', onChange);
    this.hosts = new Table('hosts', onChange);
  }

  nextNumber(): number {
    return ++this.#lastNumber;
  }

  liveOf(projectId: string): OrderedIndex<ServerRow> {
    let index = this.#liveByProject.get(projectId);
    if (!index) this.#liveByProject.set(projectId, (index = new OrderedIndex(byAge)));
    return index;
  }

  /** Changes a server, now. */
  update(row: ServerRow, changes: Partial<ServerRow>): void {
    const wasLive = row.vmState !== 'deleted';
    if (wasLive) this.#unindex(row);
    Object.assign(row, changes, { updatedAt: this.clock.now() });
    if (row.vmState !== 'deleted') this.#index(row);
    else if (wasLive) this.#remember(row);
    this.changes.record(row);
    this.servers.changed(row);
  }

  /** Keeps what changed without moving `updated_at`, as Nova does for actions and tags. */
  keep(row: ServerRow): void {
    this.servers.changed(row);
  }

  #added(row: ServerRow): void {
    this.#lastNumber = Math.max(this.#lastNumber, row.number);
    if (row.vmState !== 'deleted') {
      this.#index(row);
      this.live.insert(row);
      this.liveOf(row.projectId).insert(row);
    } else {
      this.#deleted.push(row);
    }
    this.changes.record(row);
  }

  #dropped(row: ServerRow): void {
    if (row.vmState !== 'deleted') {
      this.#unindex(row);
      this.live.remove(row);
      this.liveOf(row.projectId).remove(row);
    }
    this.changes.forget(row);
  }

  #index(row: ServerRow): void {
    this.liveByName.add(row.name, row);
    if (row.host) this.liveByHost.add(row.host, row);
  }

  #unindex(row: ServerRow): void {
    this.liveByName.delete(row.name, row);
    if (row.host) this.liveByHost.delete(row.host, row);
  }

  #remember(row: ServerRow): void {
    this.live.remove(row);
    this.liveOf(row.projectId).remove(row);
    this.#deleted.push(row);
    const oldest = this.#deleted.length > REMEMBERED_DELETED ? this.#deleted.shift() : undefined;
    if (oldest) this.servers.remove(oldest);
  }
}
