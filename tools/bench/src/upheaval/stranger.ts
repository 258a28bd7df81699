import { Cloud } from '@ultron/openstack/cloud';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { anyOf, between, pause } from './pause.js';

/** The part of a cluster's own names and ids that somebody needs who works in it. */
interface Place {
  flavor: string;
  image: string;
  network: string;
  outside: string;
}

/** Things that somebody made, oldest first; never more than so many. */
type Things = Record<
  | 'servers'
  | 'ports'
  | 'networks'
  | 'subnets'
  | 'routers'
  | 'floatingIps'
  | 'groups'
  | 'keyPairs'
  | 'flavors',
  string[]
>;

const MOST = 20;
/** An ed25519 key; nobody has the other half. */
const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGRrd2Vyd2Vyd2Vyd2Vyd2Vyd2Vyd2Vyd2Vyd2Vyd2Vy stranger';

/**
 * Somebody who works in a cluster without asking Ultron: servers, ports, networks with subnets, routers, floating IPs,
 * groups, key pairs and flavors come, change and go. What Ultron made is left alone.
 */
export class Stranger {
  /** What was done, and not refused. */
  changes = 0;
  private number = 0;
  private readonly own: Things = {
    servers: [],
    ports: [],
    networks: [],
    subnets: [],
    routers: [],
    floatingIps: [],
    groups: [],
    keyPairs: [],
    flavors: [],
  };

  private constructor(
    private readonly name: string,
    private readonly cloud: Cloud,
    private readonly place: Place,
    /** Servers that were there before, nobody's in particular. */
    private readonly found: string[],
    private readonly foundPorts: string[],
  ) {}

  static async arrive(name: string, cloud: Cloud): Promise<Stranger> {
    const { compute, network, image } = cloud;
    const [[inside], [outside], flavors, [cirros], servers, ports] = await Promise.all([
      network.networks.list({ name: 'private' }).all(),
      network.networks.list({ external: true }).all(),
      compute.flavors.list().all(),
      image.images.list({ status: 'active' }).all(),
      compute.servers.listDetail({}).all(),
      network.ports.list().all(),
    ]);
    const place = {
      flavor: flavors.find((flavor) => flavor.name === 'm1.tiny')?.id ?? '',
      image: cirros?.id ?? '',
      network: inside?.id ?? '',
      outside: outside?.id ?? '',
    };
    const served = ports.filter(({ device_owner: owner }) => owner.startsWith('compute:'));
    return new Stranger(
      name,
      cloud,
      place,
      servers.map(({ id }) => id),
      served.map(({ id }) => id),
    );
  }

  /** One thing after the other, so many a second on average, until the time. */
  async work(perSecond: number, until: number): Promise<void> {
    while (Date.now() < until) {
      await pause(between(0, 2_000 / perSecond));
      const deed = anyOf(this.deeds);
      try {
        if (await deed?.()) this.changes += 1;
      } catch (error) {
        // What is just being changed, in use or gone is left alone.
        if (!(error instanceof OpenStackError)) throw error;
      }
    }
  }

  /** Each says whether there was something to do. What happens often stands there several times. */
  private readonly deeds: (() => Promise<boolean>)[] = [
    ...Array.from({ length: 4 }, () => () => this.onServer((id) => this.servers.rename(id, this.next()))),
    ...Array.from({ length: 3 }, () => () => this.make('servers', () => this.boot())),
    ...Array.from({ length: 2 }, () => () => this.drop('servers', (id) => this.servers.delete(id))),
    () => this.onServer((id) => this.servers.setMetadata(id, { changed: this.next() })),
    () => this.onServer((id) => this.servers.stop(id)),
    () => this.onServer((id) => this.servers.start(id)),
    () => this.dropFound(),
    () => this.onPort((id) => this.network.ports.update(id, { name: this.next() })),
    () => this.make('ports', () => this.port()),
    () => this.drop('ports', (id) => this.network.ports.delete(id)),
    () => this.make('networks', () => this.netWithSubnet()),
    () => this.on('networks', (id) => this.network.networks.update(id, { name: this.next() })),
    () => this.drop('networks', (id) => this.network.networks.delete(id)),
    () => this.on('subnets', (id) => this.network.subnets.update(id, { name: this.next() })),
    () => this.drop('subnets', (id) => this.network.subnets.delete(id)),
    () => this.make('routers', () => this.router()),
    () => this.on('routers', (id) => this.leg(id)),
    () => this.drop('routers', (id) => this.network.routers.delete(id)),
    () => this.make('floatingIps', () => this.floatingIp()),
    () => this.drop('floatingIps', (id) => this.network.floatingIps.delete(id)),
    () => this.make('groups', () => this.group()),
    () => this.on('groups', (id) => this.rule(id)),
    () => this.drop('groups', (id) => this.network.securityGroups.delete(id)),
    () => this.make('keyPairs', () => this.keyPair()),
    () => this.drop('keyPairs', (name) => this.cloud.compute.keypairs.delete(name)),
    () => this.make('flavors', () => this.flavor()),
    () => this.drop('flavors', (id) => this.cloud.compute.flavors.delete(id)),
  ];

  private get servers(): Cloud['compute']['servers'] {
    return this.cloud.compute.servers;
  }

  private get network(): Cloud['network'] {
    return this.cloud.network;
  }

  private next(): string {
    this.number += 1;
    return `stranger-${this.name}-${this.number}`;
  }

  private async make(what: keyof Things, work: () => Promise<string>): Promise<boolean> {
    if (this.own[what].length >= MOST) return false;
    this.own[what].push(await work());
    return true;
  }

  /** The oldest goes; it is forgotten only when the cluster let it go. */
  private async drop(what: keyof Things, work: (id: string) => Promise<unknown>): Promise<boolean> {
    const [oldest] = this.own[what];
    if (oldest === undefined) return false;
    await work(oldest);
    this.own[what].shift();
    return true;
  }

  private async on(what: keyof Things, work: (id: string) => Promise<unknown>): Promise<boolean> {
    const id = anyOf(this.own[what]);
    if (id !== undefined) await work(id);
    return id !== undefined;
  }

  private async onServer(work: (id: string) => Promise<unknown>): Promise<boolean> {
    const id = anyOf([...this.found, ...this.own.servers]);
    if (id !== undefined) await work(id);
    return id !== undefined;
  }

  private async onPort(work: (id: string) => Promise<unknown>): Promise<boolean> {
    const id = anyOf([...this.foundPorts, ...this.own.ports]);
    if (id !== undefined) await work(id);
    return id !== undefined;
  }

  private async dropFound(): Promise<boolean> {
    const id = this.found.pop();
    return id !== undefined && this.servers.delete(id);
  }

  private async boot(): Promise<string> {
    const { flavor, image, network } = this.place;
    const server = await this.servers.create({
      name: this.next(),
      flavorRef: flavor,
      imageRef: image,
      networks: [{ uuid: network }],
    });
    return server.id;
  }

  private async port(): Promise<string> {
    return (await this.network.ports.create({ network_id: this.place.network, name: this.next() })).id;
  }

  private async netWithSubnet(): Promise<string> {
    const { id } = await this.network.networks.create({ name: this.next() });
    const cidr = `172.${16 + (this.number % 16)}.${this.number % 250}.0/24`;
    const subnet = await this.network.subnets.create({ network_id: id, ip_version: 4, cidr });
    this.own.subnets.push(subnet.id);
    return id;
  }

  private async router(): Promise<string> {
    const gateway = { network_id: this.place.outside };
    return (await this.network.routers.create({ name: this.next(), external_gateway_info: gateway })).id;
  }

  /** A leg more, or one less. */
  private async leg(routerId: string): Promise<void> {
    const [leg] = await this.network.ports.list({ deviceId: [routerId] }).all();
    const subnetId = leg?.fixed_ips[0]?.subnet_id;
    const legged = this.own.subnets.find((id) => id === subnetId);
    const target = legged ?? anyOf(this.own.subnets);
    if (target === undefined) return;
    const request = { subnet_id: target };
    await (legged === undefined
      ? this.network.routers.addInterface(routerId, request)
      : this.network.routers.removeInterface(routerId, request));
  }

  private async floatingIp(): Promise<string> {
    return (await this.network.floatingIps.create({ floating_network_id: this.place.outside })).id;
  }

  private async group(): Promise<string> {
    return (await this.network.securityGroups.create({ name: this.next() })).id;
  }

  private async rule(groupId: string): Promise<void> {
    this.number += 1;
    const port = 1_024 + (this.number % 60_000);
    await this.network.securityGroups.createRule({
      security_group_id: groupId,
      direction: 'ingress',
      ethertype: 'IPv4',
      protocol: 'tcp',
      port_range_min: port,
      port_range_max: port,
    });
  }

  private async keyPair(): Promise<string> {
    return (await this.cloud.compute.keypairs.create({ name: this.next(), publicKey: PUBLIC_KEY })).name;
  }

  private async flavor(): Promise<string> {
    return (await this.cloud.compute.flavors.create({ name: this.next(), vcpus: 1, ram: 512, disk: 1 })).id;
  }
}
