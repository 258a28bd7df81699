import { Inject, Injectable } from '@nestjs/common';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import { clusterTakesNoChanges } from '@ultron/cluster/cluster/cluster.faults';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { FloatingIpRepository } from '../floating-ip/floating-ip.repository.js';
import { isOpenToChanges, requireCapabilities, type NetworkNeed } from '../lifecycle/cluster-choice.rules.js';
import type { LifecycleStatus } from '../lifecycle/lifecycle.state.js';
import { badField, badFields, inUse, notThere, stateConflict } from '../lifecycle/network.faults.js';
import { given } from '../lifecycle/patch.js';
import { NETWORK_TASK, type Begun, type NetworkOrigin } from '../lifecycle/network-task.js';
import { NetworkRepository } from '../network/network.repository.js';
import { PortPlaceRepository, type PlaceVpc } from '../port/port-place.repository.js';
import type { ClusterRouter, ClusterRouterInterface } from './cluster-router.entity.js';
import { ClusterRouterRepository } from './cluster-router.repository.js';
import { RouterTasks } from './router-tasks.js';
import type { Router, RouterInterface } from './router.entity.js';
import {
  RouterRepository,
  type RouterFilter,
  type RouterIntent,
  type RouterSort,
} from './router.repository.js';

export interface RouterWish {
  projectId: string;
  /** By name or id. */
  vpc: string;
  name: string;
  description: string;
  adminStateUp: boolean;
  /** By name or id. */
  externalNetwork: string | null;
  enableSnat: boolean | null;
  subnetIds: readonly string[];
}

/** What may be changed; what is left out stays. */
export interface RouterPatch {
  name?: string | undefined;
  description?: string | undefined;
  adminStateUp?: boolean | undefined;
  externalNetwork?: string | null | undefined;
  enableSnat?: boolean | null | undefined;
}

/** A router, the subnets that are attached to it, and what the clusters have of it. */
export interface RouterDetail extends Router {
  interfaces: RouterInterface[];
  clusters: (ClusterRouter & { interfaces: ClusterRouterInterface[] })[];
}

export interface RouterChange extends Begun {
  router: RouterDetail;
}

type VersionCheck = (version: number) => void;

const CHANGEABLE: readonly LifecycleStatus[] = ['active', 'degraded', 'error'];
const MOST_NAMED = 100;

@Injectable()
export class RouterService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RouterRepository) private readonly routers: RouterRepository,
    @Inject(ClusterRouterRepository) private readonly parts: ClusterRouterRepository,
    @Inject(RouterTasks) private readonly work: RouterTasks,
    @Inject(PortPlaceRepository) private readonly places: PortPlaceRepository,
    @Inject(NetworkRepository) private readonly networks: NetworkRepository,
    @Inject(FloatingIpRepository) private readonly floatingIps: FloatingIpRepository,
    @Inject(FactsRepository) private readonly facts: FactsRepository,
  ) {}

  /**
   * @throws Fault `invalid_body`, `router_needs_routed_vpc`, `subnet_has_router`, `network_capability_missing`,
   * `external_network_missing`.
   */
  async create(tx: Transaction, wish: RouterWish, origin: NetworkOrigin): Promise<RouterChange> {
    const vpc = await this.vpcOf(tx, wish);
    const externalNetworkId = await this.externalNetwork(tx, wish.externalNetwork);
    const id = newId();
    const { projectId, name, description, adminStateUp, enableSnat } = wish;
    await this.routers.insert(tx, {
      id,
      projectId,
      vpcId: vpc.id,
      name,
      description,
      adminStateUp,
      externalNetworkId,
      enableSnat,
    });
    const subnetIds = [...new Set(wish.subnetIds)];
    for (const [i, subnetId] of subnetIds.entries()) {
      await this.attachSubnet(tx, id, vpc, subnetId, `/subnets/${i}`);
    }
    return this.begin(tx, id, NETWORK_TASK.createRouter, origin);
  }

  /** @throws Fault `router_not_found`. */
  async get(id: string, projectId: string | undefined): Promise<RouterDetail> {
    const { read } = this.database;
    const [detail] = await this.details(read, [visible(await this.routers.find(read, id), id, projectId)]);
    if (!detail) throw notThere('router', id);
    return detail;
  }

  /** One more than the page asks for, when there is one. */
  async list(filter: RouterFilter, page: Page<RouterSort>): Promise<RouterDetail[]> {
    const { read } = this.database;
    return this.details(read, await this.routers.list(read, filter, page));
  }

  /** @throws as `create`, and Fault `router_not_found`, `router_state_conflict`, `router_in_use`. */
  async update(
    tx: Transaction,
    id: string,
    patch: RouterPatch,
    origin: NetworkOrigin,
    check: VersionCheck,
  ): Promise<RouterChange> {
    const router = await this.lockChangeable(tx, id, origin, check, 'changed');
    const { externalNetwork, ...plain } = patch;
    const { name, description, adminStateUp, enableSnat, externalNetworkId } = router;
    const before: RouterIntent = { name, description, adminStateUp, enableSnat, externalNetworkId };
    const intent: RouterIntent = { ...before, ...given(plain) };
    if (externalNetwork !== undefined)
      intent.externalNetworkId = await this.externalNetwork(tx, externalNetwork);
    if (intent.externalNetworkId !== externalNetworkId && externalNetworkId !== null) {
      const subnets = (await this.routers.interfacesOf(tx, [id])).map(({ subnetId }) => subnetId);
      await this.requireNoFloatingIps(tx, subnets, externalNetworkId);
    }
    await this.routers.setIntent(tx, id, intent);
    return this.begin(tx, id, NETWORK_TASK.updateRouter, origin);
  }

  /** Attaches a subnet: each of its segments gets its gateway at the router. @throws as `create` and `update`. */
  async attach(tx: Transaction, id: string, subnetId: string, origin: NetworkOrigin): Promise<RouterChange> {
    const router = await this.lockChangeable(tx, id, origin, () => undefined, 'changed');
    const [vpc] = await this.places.findVpcs(tx, router.vpcId, router.projectId);
    if (!vpc) throw notThere('router', id);
    await this.attachSubnet(tx, id, vpc, subnetId, '/subnet_id');
    return this.begin(tx, id, NETWORK_TASK.updateRouter, origin);
  }

  /** @throws Fault `router_not_found`, `router_interface_not_found`, `router_state_conflict`, `router_in_use`. */
  async detach(
    tx: Transaction,
    id: string,
    subnetId: string,
    origin: NetworkOrigin,
    check: VersionCheck,
  ): Promise<RouterChange> {
    const router = await this.lockChangeable(tx, id, origin, check, 'changed');
    if (router.externalNetworkId !== null)
      await this.requireNoFloatingIps(tx, [subnetId], router.externalNetworkId);
    if (!(await this.routers.detach(tx, id, subnetId))) {
      throw new Fault({
        code: 'router_interface_not_found',
        category: 'not_found',
        detail: `Subnet ${subnetId} is not attached to router ${id}.`,
      });
    }
    return this.begin(tx, id, NETWORK_TASK.updateRouter, origin);
  }

  /** With its interfaces. @throws Fault `router_not_found`, `router_in_use`, `router_state_conflict`. */
  async delete(
    tx: Transaction,
    id: string,
    origin: NetworkOrigin,
    check: VersionCheck,
  ): Promise<RouterChange> {
    const router = visible(await this.routers.lock(tx, id), id, origin.projectId);
    if (router.status === 'deleting' || router.status === 'deleted') {
      const [detail] = await this.details(tx, [router]);
      return { router: detail ?? { ...router, interfaces: [], clusters: [] }, task: null, ring: [] };
    }
    check(router.version);
    if (!CHANGEABLE.includes(router.status))
      throw stateConflict('router', router.status, 'deleted', CHANGEABLE);
    const subnets = (await this.routers.interfacesOf(tx, [id])).map(({ subnetId }) => subnetId);
    if (router.externalNetworkId !== null)
      await this.requireNoFloatingIps(tx, subnets, router.externalNetworkId);
    await this.routers.detachAll(tx, id);
    return this.begin(tx, id, NETWORK_TASK.deleteRouter, origin);
  }

  private async begin(
    tx: Transaction,
    id: string,
    kind: Parameters<RouterTasks['begin']>[2],
    origin: NetworkOrigin,
  ): Promise<RouterChange> {
    const router = visible(await this.routers.lock(tx, id), id, undefined);
    if (kind !== NETWORK_TASK.deleteRouter) await this.requireClusters(tx, router);
    const begun = await this.work.begin(tx, router, kind, origin);
    const [detail] = await this.details(tx, [visible(await this.routers.find(tx, id), id, undefined)]);
    if (!detail) throw notThere('router', id);
    return { router: detail, ...begun };
  }

  /** Every cluster that is to have the router can have it. */
  private async requireClusters(tx: Transaction, router: Router): Promise<void> {
    const wanted = new Set(await this.work.clustersOf(tx, router.id));
    const needs: NetworkNeed[] = [{ capability: 'routers', pointer: '/subnets' }];
    if (router.externalNetworkId !== null)
      needs.push({ capability: 'router_gateways', pointer: '/external_network' });
    const clusters = (await this.facts.load(tx)).filter(({ id }) => wanted.has(id));
    for (const cluster of clusters) {
      if (!isOpenToChanges(cluster)) throw clusterTakesNoChanges(cluster);
      requireCapabilities(cluster, needs);
    }
    if (router.externalNetworkId === null) return;
    const shown = await this.networks.listClusterNetworks(tx, router.externalNetworkId);
    const having = new Set(shown.filter(({ external }) => external).map(({ clusterId }) => clusterId));
    const lacking = clusters.filter(({ id }) => !having.has(id)).map(({ name }) => name);
    if (lacking.length > 0) {
      throw badField(
        'external_network_missing',
        '/external_network',
        `the network does not lead out of ${lacking.join(', ')}, where the VPC has segments that are attached`,
      );
    }
  }

  private async attachSubnet(
    tx: Transaction,
    routerId: string,
    vpc: PlaceVpc,
    subnetId: string,
    pointer: string,
  ): Promise<void> {
    // What is built, or deleted, meanwhile finds the subnet attached or is found here: see `RouterTasks.segmentBuilt`.
    await this.places.lockSegments(tx, subnetId);
    const owner = await this.places.findVpcOfSubnet(tx, subnetId);
    if (owner?.id !== vpc.id)
      throw badFields([{ pointer, detail: `there is no subnet ${subnetId} in VPC ${vpc.name}` }]);
    const other = await this.routers.findOfSubnet(tx, subnetId);
    if (other) {
      throw new Fault({
        code: 'subnet_has_router',
        category: 'conflict',
        detail: `Subnet ${subnetId} is attached to router ${other.id} already; a subnet has one gateway.`,
        fields: [{ pointer, detail: `is attached to router ${other.id}` }],
        extra: { router_id: other.id },
      });
    }
    await this.routers.attach(tx, routerId, subnetId);
  }

  private async requireNoFloatingIps(
    tx: Transaction,
    subnetIds: readonly string[],
    networkId: string,
  ): Promise<void> {
    const ids = await this.floatingIps.idsOnSubnets(tx, subnetIds, MOST_NAMED, networkId);
    if (ids.length === 0) return;
    throw inUse(
      'router',
      { floating_ips: ids },
      'They lead through it: lead them nowhere, or delete them, first.',
    );
  }

  private async vpcOf(tx: Transaction, { vpc, projectId }: RouterWish): Promise<PlaceVpc> {
    const [found, another] = await this.places.findVpcs(tx, vpc, projectId);
    if (!found) throw badFields([{ pointer: '/vpc', detail: `there is no VPC '${vpc}' in the project` }]);
    if (another)
      throw badFields([{ pointer: '/vpc', detail: `several VPCs are named '${vpc}': give the id` }]);
    if (found.realisation === 'routed') return found;
    throw badField(
      'router_needs_routed_vpc',
      '/vpc',
      `VPC ${found.name} is stretched: it has one gateway for all clusters, which is the fabric's and not Neutron's`,
    );
  }

  private async externalNetwork(tx: Transaction, nameOrId: string | null): Promise<string | null> {
    if (nameOrId === null) return null;
    const network = await this.networks.find(tx, nameOrId);
    const shown = network ? await this.networks.listClusterNetworks(tx, network.id) : [];
    if (network && shown.some(({ external }) => external)) return network.id;
    const detail = network
      ? `network '${network.name}' leads out of no cluster`
      : `there is no network '${nameOrId}'`;
    throw badFields([{ pointer: '/external_network', detail }]);
  }

  private async lockChangeable(
    tx: Transaction,
    id: string,
    origin: NetworkOrigin,
    check: VersionCheck,
    wish: string,
  ): Promise<Router> {
    const router = visible(await this.routers.lock(tx, id), id, origin.projectId);
    check(router.version);
    if (!CHANGEABLE.includes(router.status)) throw stateConflict('router', router.status, wish, CHANGEABLE);
    return router;
  }

  private async details(tx: Transaction, routers: readonly Router[]): Promise<RouterDetail[]> {
    const ids = routers.map(({ id }) => id);
    const interfaces = Map.groupBy(await this.routers.interfacesOf(tx, ids), ({ routerId }) => routerId);
    const parts = Map.groupBy(await this.parts.ofRouters(tx, ids), ({ routerId }) => routerId);
    const legs = Map.groupBy(
      await this.parts.interfacesOf(tx, ids),
      ({ routerId, clusterId }) => `${routerId} ${clusterId}`,
    );
    return routers.map((router) => ({
      ...router,
      interfaces: interfaces.get(router.id) ?? [],
      clusters: (parts.get(router.id) ?? []).map((part) => ({
        ...part,
        interfaces: legs.get(`${router.id} ${part.clusterId}`) ?? [],
      })),
    }));
  }
}

function visible(router: Router | null, id: string, projectId: string | undefined): Router {
  if (router && (projectId === undefined || router.projectId === projectId)) return router;
  throw notThere('router', id);
}
