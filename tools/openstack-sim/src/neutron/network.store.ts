import type { FloatingIpWire } from '@ultron/openstack/network/floating-ips.wire';
import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import type { BandwidthLimitRuleWire, QosPolicyWire } from '@ultron/openstack/network/qos-policies.wire';
import type { RouterWire } from '@ultron/openstack/network/routers.wire';
import type {
  SecurityGroupRuleWire,
  SecurityGroupWire,
} from '@ultron/openstack/network/security-groups.wire';
import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import type { SimClock } from '../clock/sim-clock.js';
import { secondTime } from '../http/times.js';
import { Multimap, OrderedIndex } from '../store/ordered-index.js';
import { type OnChange, Table } from '../store/table.js';
import { AddressSpace } from './address-space.js';

/** What every row of Neutron has, also where the release does not show it. */
interface Standard {
  id: string;
  name: string;
  project_id: string;
  description: string;
  created_at: string;
  updated_at: string;
  revision_number: number;
  tags: string[];
}

export type NetworkRow = Omit<NetworkWire, 'subnets'> & Standard;
export type SubnetRow = SubnetWire & Standard;
export type PortRow = PortWire & Standard;
/** The addresses of the gateway are those of its port. */
export type RouterRow = Omit<RouterWire, 'external_gateway_info'> &
  Standard & {
    gateway: { network_id: string; enable_snat: boolean; qos_policy_id: string | null } | null;
  };
export type FloatingIpRow = Omit<FloatingIpWire, 'port_details'> &
  Omit<Standard, 'name'> & {
    /** The port in the external network that holds its address. */
    external_port_id: string;
  };
export type QosPolicyRow = Omit<QosPolicyWire, 'rules'> &
  Standard & { bandwidthLimits: BandwidthLimitRuleWire[] };
export type SecurityGroupRow = Omit<SecurityGroupWire, 'security_group_rules'> & Standard;
export type SecurityGroupRuleRow = SecurityGroupRuleWire &
  Omit<Standard, 'name'> & { name?: string; standard_attr_id: number };

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Rows of one kind, also in the order of their ids, in which Neutron pages. */
export class NeutronTable<Row extends { id: string }> extends Table<Row> {
  readonly ordered: OrderedIndex<Row>;

  constructor(name: string, onChange: OnChange, added?: (row: Row) => void, removed?: (row: Row) => void) {
    const ordered = new OrderedIndex<Row>(byId);
    super(
      name,
      onChange,
      (row) => {
        ordered.insert(row);
        added?.(row);
      },
      (row) => {
        ordered.remove(row);
        removed?.(row);
      },
    );
    this.ordered = ordered;
  }
}

/** Networks, subnets, ports, routers, floating IPs, QoS policies, security groups, and the addresses that are taken. */
export class NetworkStore {
  readonly networks: NeutronTable<NetworkRow>;
  readonly subnets: NeutronTable<SubnetRow>;
  readonly ports: NeutronTable<PortRow>;
  readonly routers: NeutronTable<RouterRow>;
  readonly floatingIps: NeutronTable<FloatingIpRow>;
  readonly policies: NeutronTable<QosPolicyRow>;
  readonly groups: NeutronTable<SecurityGroupRow>;
  readonly rules: NeutronTable<SecurityGroupRuleRow>;
  readonly portsByName = new Multimap<string, PortRow>();
  readonly portsByDevice = new Multimap<string, PortRow>();
  readonly portsByNetwork = new Multimap<string, PortRow>();
  readonly subnetsByNetwork = new Multimap<string, SubnetRow>();
  readonly floatingIpsByPort = new Multimap<string, FloatingIpRow>();
  readonly floatingIpsByRouter = new Multimap<string, FloatingIpRow>();
  readonly rulesByGroup = new Multimap<string, SecurityGroupRuleRow>();
  readonly groupsByProject = new Multimap<string, SecurityGroupRow>();
  readonly macs = new Set<string>();
  readonly #spaces = new Map<string, AddressSpace>();

  constructor(
    onChange: OnChange,
    private readonly clock: SimClock,
  ) {
    this.networks = new NeutronTable('networks', onChange);
    this.subnets = new NeutronTable(
      'subnets',
      onChange,
      (row) => this.#subnetAdded(row),
      (row) => this.#subnetRemoved(row),
    );
    this.ports = new NeutronTable(
      'ports',
      onChange,
      (row) => this.#portAdded(row),
      (row) => {
        this.#portRemoved(row);
        this.#leadNowhere(row.id);
      },
    );
    this.routers = new NeutronTable('routers', onChange);
    this.floatingIps = new NeutronTable(
      'floatingips',
      onChange,
      (row) => this.#floatingIpAdded(row),
      (row) => this.#floatingIpRemoved(row),
    );
    this.policies = new NeutronTable('policies', onChange);
    this.groups = new NeutronTable(
      'security_groups',
      onChange,
      (row) => this.groupsByProject.add(row.project_id, row),
      (row) => this.groupsByProject.delete(row.project_id, row),
    );
    this.rules = new NeutronTable(
      'security_group_rules',
      onChange,
      (row) => this.rulesByGroup.add(row.security_group_id, row),
      (row) => this.rulesByGroup.delete(row.security_group_id, row),
    );
  }

  /** The addresses of a subnet that exists. */
  space(subnetId: string): AddressSpace {
    const space = this.#spaces.get(subnetId);
    if (!space) throw new Error(`no address space of subnet ${subnetId}`);
    return space;
  }

  /** Changes a port and everything that is derived from it. */
  updatePort(row: PortRow, changes: Partial<PortRow>): void {
    this.#portRemoved(row);
    Object.assign(row, changes);
    this.#portAdded(row);
    this.touch(row);
    this.ports.changed(row);
  }

  /** Changes a subnet; its addresses stay with those who hold them. `quietly`, it and its network stay at their revisions. */
  updateSubnet(row: SubnetRow, changes: Partial<SubnetRow>, quietly = false): void {
    Object.assign(row, changes);
    this.space(row.id).setPools(row.allocation_pools);
    if (!quietly) this.touch(row);
    this.subnets.changed(row);
    if (!quietly) this.reviseNetwork(row.network_id);
  }

  /** Changes a floating IP and everything that is derived from it. */
  updateFloatingIp(row: FloatingIpRow, changes: Partial<FloatingIpRow>): void {
    this.#floatingIpRemoved(row);
    Object.assign(row, changes);
    this.#floatingIpAdded(row);
    this.touch(row);
    this.floatingIps.changed(row);
  }

  /** A subnet that comes, changes or goes is a change of its network, too. */
  reviseNetwork(id: string): void {
    const row = this.networks.get(id);
    if (!row) return;
    this.touch(row);
    this.networks.changed(row);
  }

  /** A rule that comes or goes is a change of its group, too. */
  reviseGroup(id: string): void {
    const row = this.groups.get(id);
    if (!row) return;
    this.touch(row);
    this.groups.changed(row);
  }

  /** A new revision, now. */
  touch(row: { updated_at: string; revision_number: number }): void {
    row.updated_at = secondTime(this.clock.now());
    row.revision_number++;
  }

  /** Floating IPs that led to a port lead nowhere once it is gone. */
  #leadNowhere(portId: string): void {
    for (const row of [...this.floatingIpsByPort.get(portId)])
      this.updateFloatingIp(row, { port_id: null, fixed_ip_address: null, router_id: null, status: 'DOWN' });
  }

  #floatingIpAdded(row: FloatingIpRow): void {
    if (row.port_id !== null) this.floatingIpsByPort.add(row.port_id, row);
    if (row.router_id !== null) this.floatingIpsByRouter.add(row.router_id, row);
  }

  #floatingIpRemoved(row: FloatingIpRow): void {
    if (row.port_id !== null) this.floatingIpsByPort.delete(row.port_id, row);
    if (row.router_id !== null) this.floatingIpsByRouter.delete(row.router_id, row);
  }

  #subnetAdded(row: SubnetRow): void {
    this.#spaces.set(row.id, new AddressSpace(row.cidr, row.allocation_pools));
    this.subnetsByNetwork.add(row.network_id, row);
  }

  #subnetRemoved(row: SubnetRow): void {
    this.#spaces.delete(row.id);
    this.subnetsByNetwork.delete(row.network_id, row);
  }

  #portAdded(row: PortRow): void {
    this.portsByName.add(row.name, row);
    this.portsByDevice.add(row.device_id, row);
    this.portsByNetwork.add(row.network_id, row);
    this.macs.add(`${row.network_id}/${row.mac_address}`);
    for (const ip of row.fixed_ips) this.#spaces.get(ip.subnet_id)?.take(ip.ip_address);
  }

  #portRemoved(row: PortRow): void {
    this.portsByName.delete(row.name, row);
    this.portsByDevice.delete(row.device_id, row);
    this.portsByNetwork.delete(row.network_id, row);
    this.macs.delete(`${row.network_id}/${row.mac_address}`);
    for (const ip of row.fixed_ips) this.#spaces.get(ip.subnet_id)?.release(ip.ip_address);
  }
}
