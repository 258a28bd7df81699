import { Cloud } from '@ultron/openstack/cloud';
import type { SimulatedCluster } from '@ultron/openstack-sim/simulator';

/** Something that was made wrong on purpose, and what has to be found for it. */
export interface InjectedDrift {
  kind: string;
  cluster: string;
  /** Of the finding: Ultron's id, or OpenStack's where there is no row. */
  subjectId: string;
  openstackId: string;
  /** Whether a repair is to put it right; an orphan is only shown. */
  repairable: boolean;
  /** What of OpenStack a repair may change beside that: the port of a server that is gone. */
  goesAlong: readonly string[];
  /** When it was made. */
  at: number;
}

/** A server of Ultron's in the cluster, with its port. */
export interface OwnServer {
  id: string;
  openstackId: string;
  name: string;
  portRowId: string;
  portId: string;
}

/** A subnet of a VPC in the cluster. */
export interface OwnSubnet {
  vpcId: string;
  /** Of our row. */
  ownerId: string;
  networkId: string;
  subnetId: string;
}

/** So many of each in a cluster: 31 in all with the pool and the network, as a foreign port in a VPC is three. */
export const EACH = {
  renamed: 3,
  metadata: 3,
  stopped: 3,
  deleted: 3,
  groups: 2,
  duplicate: 3,
  stale: 2,
  leaked: 3,
  orphanServer: 2,
  orphanPort: 1,
  resized: 1,
  foreignPort: 1,
} as const;

/** Servers of which something is changed, one thing each; those of which others bear the mark come on top. */
export const LIVING = EACH.renamed + EACH.metadata + EACH.stopped + EACH.deleted + EACH.groups + EACH.resized;

/** Makes things wrong in one cluster, as somebody does who does not ask Ultron. */
export class Saboteur {
  /** The ids of the requests that were sent: in the journal of the simulator they are told apart by them. */
  readonly requests = new Set<string>();
  private readonly cloud: Cloud;
  private network = '';
  private flavor = '';
  private image = '';
  private group = '';

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly resizeServer: (serverId: string, flavor: string) => Promise<unknown>,
  ) {
    const { authUrl: url, username, password, projectName, region, name } = cluster;
    this.cloud = new Cloud({
      cluster: name,
      region,
      observer: ({ globalRequestId }) => this.requests.add(globalRequestId),
      auth: {
        url,
        password: {
          username,
          password,
          userDomainName: 'Default',
          projectName,
          projectDomainName: 'Default',
        },
      },
    });
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  /** `living`: servers to change; `dead`: ids of servers of Ultron's that were deleted. */
  async sabotage(
    living: readonly OwnServer[],
    dead: readonly string[],
    subnet: OwnSubnet,
  ): Promise<InjectedDrift[]> {
    await this.look();
    const rest = [...living];
    const take = (count: number): OwnServer[] => rest.splice(0, count);
    return [
      ...(await this.each(take(EACH.renamed), (server) => this.rename(server))),
      ...(await this.each(take(EACH.metadata), (server) => this.tag(server))),
      ...(await this.each(take(EACH.stopped), (server) => this.stop(server))),
      ...(await this.each(take(EACH.deleted), (server) => this.remove(server))),
      ...(await this.each(take(EACH.groups), (server) => this.regroup(server))),
      ...(await this.each(take(EACH.resized), (server) => this.resize(server))),
      ...(await this.each(rest.slice(0, EACH.duplicate), (server) => this.double(server))),
      ...(await this.each(dead.slice(0, EACH.stale), (id) => this.revive(id))),
      ...(await this.each(cycle(dead, EACH.leaked), (id) => this.leak(id))),
      ...(await this.each(cycle(['x'], EACH.orphanServer), () => this.strangerServer())),
      ...(await this.each(cycle(['x'], EACH.orphanPort), () => this.strangerPort())),
      ...(await this.eachMany(cycle([subnet], EACH.foreignPort), (own) => this.intrude(own))),
      ...(await this.overlap(subnet)),
      await this.editPool(subnet),
    ];
  }

  private async each<T>(
    items: readonly T[],
    work: (item: T) => Promise<InjectedDrift>,
  ): Promise<InjectedDrift[]> {
    const made: InjectedDrift[] = [];
    for (const item of items) made.push(await work(item));
    return made;
  }

  private async eachMany<T>(
    items: readonly T[],
    work: (item: T) => Promise<InjectedDrift[]>,
  ): Promise<InjectedDrift[]> {
    const made: InjectedDrift[] = [];
    for (const item of items) made.push(...(await work(item)));
    return made;
  }

  private async look(): Promise<void> {
    const { network, compute, image } = this.cloud;
    const [[own], flavors, [cirros]] = await Promise.all([
      network.networks.list({ name: 'private' }).all(),
      compute.flavors.list().all(),
      image.images.list({ status: 'active' }).all(),
    ]);
    const group = await network.securityGroups.create({ name: `foreign-${this.cluster.name}` });
    this.network = own?.id ?? '';
    this.flavor = flavors.find(({ name }) => name === 'm1.tiny')?.id ?? '';
    this.image = cirros?.id ?? '';
    this.group = group.id;
  }

  private async rename(server: OwnServer): Promise<InjectedDrift> {
    await this.cloud.compute.servers.rename(server.openstackId, 'renamed-by-hand');
    return this.drift('differs', server.id, server.openstackId);
  }

  private async tag(server: OwnServer): Promise<InjectedDrift> {
    await this.cloud.compute.servers.setMetadata(server.openstackId, { by: 'hand' });
    return this.drift('differs', server.id, server.openstackId);
  }

  private async stop(server: OwnServer): Promise<InjectedDrift> {
    await this.cloud.compute.servers.stop(server.openstackId);
    return this.drift('state_differs', server.id, server.openstackId);
  }

  private async remove(server: OwnServer): Promise<InjectedDrift> {
    await this.cloud.compute.servers.delete(server.openstackId);
    return { ...this.drift('missing', server.id, server.openstackId), goesAlong: [server.portId] };
  }

  private async regroup(server: OwnServer): Promise<InjectedDrift> {
    await this.cloud.network.ports.update(server.portId, { security_groups: [this.group] });
    return this.drift('security_group_differs', server.portRowId, server.portId);
  }

  private async double(server: OwnServer): Promise<InjectedDrift> {
    const id = await this.boot(server.name, { ultron_id: server.id });
    return this.drift('duplicate', id, id);
  }

  private async revive(deadId: string): Promise<InjectedDrift> {
    const id = await this.boot('left-over', { ultron_id: deadId });
    return this.drift('stale', id, id);
  }

  private async leak(deadId: string): Promise<InjectedDrift> {
    const port = await this.cloud.network.ports.create({
      network_id: this.network,
      name: `ultron-${deadId}`,
    });
    return this.drift('leaked_port', port.id, port.id);
  }

  private async strangerServer(): Promise<InjectedDrift> {
    const id = await this.boot('stranger', {});
    return { ...this.drift('orphan', id, id), repairable: false };
  }

  private async strangerPort(): Promise<InjectedDrift> {
    const port = await this.cloud.network.ports.create({ network_id: this.network, name: 'stranger' });
    return { ...this.drift('orphan', port.id, port.id), repairable: false };
  }

  private async resize(server: OwnServer): Promise<InjectedDrift> {
    await this.resizeServer(server.openstackId, 'm1.small');
    return this.drift('flavor_differs', server.id, server.openstackId);
  }

  /** A port in the VPC, on an address that the plan calls free. */
  private async intrude({ vpcId, networkId, subnetId }: OwnSubnet): Promise<InjectedDrift[]> {
    const port = await this.cloud.network.ports.create({
      network_id: networkId,
      name: 'intruder',
      fixed_ips: [{ subnet_id: subnetId }],
    });
    // An address is told apart by the last digits of its VPC.
    const address = `${port.fixed_ips[0]?.ip_address}@${vpcId.slice(-12)}`;
    return [
      this.drift('address_in_use_but_free', address, port.id),
      { ...this.drift('foreign_port_on_segment', port.id, port.id), repairable: false },
      { ...this.drift('orphan', port.id, port.id), repairable: false },
    ];
  }

  /** A network of somebody else with the addresses of the VPC; the probe gives it a logical one, so it is no orphan. */
  private async overlap({ subnetId }: OwnSubnet): Promise<InjectedDrift[]> {
    const { subnets, networks } = this.cloud.network;
    const { cidr } = await subnets.get(subnetId);
    const network = await networks.create({ name: 'overlapping' });
    const subnet = await subnets.create({ network_id: network.id, ip_version: 4, cidr });
    const drift = this.drift('cidr_overlap', subnet.id, subnet.id);
    return [{ ...drift, repairable: false, goesAlong: [network.id] }];
  }

  private async editPool({ ownerId, subnetId }: OwnSubnet): Promise<InjectedDrift> {
    const { subnets } = this.cloud.network;
    const [pool] = (await subnets.get(subnetId)).allocation_pools;
    const edited = [{ start: pool?.start ?? '', end: pool?.start ?? '' }];
    await subnets.update(subnetId, { allocation_pools: edited });
    return this.drift('address_pool_edited', ownerId, subnetId);
  }

  private async boot(name: string, metadata: Record<string, string>): Promise<string> {
    const server = await this.cloud.compute.servers.create({
      name,
      flavorRef: this.flavor,
      imageRef: this.image,
      networks: [{ uuid: this.network }],
      metadata,
    });
    return server.id;
  }

  private drift(kind: string, subjectId: string, openstackId: string): InjectedDrift {
    const at = Date.now();
    return { kind, cluster: this.cluster.name, subjectId, openstackId, repairable: true, goesAlong: [], at };
  }
}

const cycle = <T>(items: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, i) => items[i % items.length]).filter(
    (item): item is T => item !== undefined,
  );
