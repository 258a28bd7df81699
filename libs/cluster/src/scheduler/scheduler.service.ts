import { Injectable } from '@nestjs/common';
import { type Clock, systemClock } from '@ultron/kernel/clock';
import { Fault } from '@ultron/kernel/fault';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Capacity, Reservation } from '../capacity/capacity.js';
import { CapacityRepository } from '../capacity/capacity.repository.js';
import { lessAddresses, type SpentAddresses } from './address-room.rules.js';
import { FactsRepository } from './facts.repository.js';
import type { Assignment, ClusterFacts, Explain, PlacementRequest } from './placement.js';
import { promise } from './promise.rules.js';
import { type Decision, decide, noClusterFits, unknownClusters, worthLocking } from './scheduler.rules.js';

/** One request of a batch that was placed. With `minCount` there may be fewer assignments than servers. */
export interface Placed {
  assignments: Assignment[];
  explain: Explain;
}

/** How long the slow facts (state, probe, capabilities) are used again; capacity is always read from locked rows. */
const FACTS_AGE_MS = 1000;

@Injectable()
export class SchedulerService {
  private facts: { loadedAt: number; clusters: ClusterFacts[] } | undefined;

  constructor(
    private readonly capacities: CapacityRepository,
    private readonly factsRepository: FactsRepository,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * Places the requests one after another against the running numbers, and reserves what they get. The capacity
   * rows of the clusters that come into question stay locked until the transaction ends: call it as late in the
   * transaction as possible. Each request has its own outcome, in their order; a Fault is `no_cluster_fits`
   * (507, with `explain`) or `unknown_cluster` (422), and reserves nothing.
   */
  async placeMany(tx: Transaction, requests: readonly PlacementRequest[]): Promise<(Placed | Fault)[]> {
    const known = this.rememberedFacts();
    const first = known && (await this.tryToPlace(tx, requests, known));
    const outcomes = first?.every((outcome) => !(outcome.result instanceof Fault))
      ? first
      : // A refusal is only ever given on facts that are fresh.
        await this.tryToPlace(tx, requests, await this.loadFacts(tx));
    await this.capacities.reserve(
      tx,
      outcomes.flatMap((outcome) => outcome.reservations),
    );
    return outcomes.map((outcome) => outcome.result);
  }

  /** Says what `placeMany` would do, without locking or reserving. */
  async plan(tx: Transaction, request: PlacementRequest): Promise<Placed | Fault> {
    const clusters = await this.loadFacts(tx);
    const capacities = await this.capacities.read(tx, worthLocking(request, clusters));
    return place(request, withCapacity(clusters, capacities)).result;
  }

  /**
   * Places servers that may hold a reservation anew, as `placeMany` does for one request; what they held is given
   * back first, and stays given back when nothing fits.
   */
  async placeAnew(tx: Transaction, request: PlacementRequest): Promise<Placed | Fault> {
    const clusters = await this.loadFacts(tx);
    // All at once and in order: locking the old place first and the others later could deadlock with a placement.
    const held = await this.lockReservations(tx, request.serverIds, worthLocking(request, clusters));
    await this.capacities.drop(tx, held);
    const [outcome] = await this.tryToPlace(tx, [request], clusters);
    if (!outcome) throw new Error('the scheduler answered less than it was asked');
    await this.capacities.reserve(tx, outcome.reservations);
    return outcome.result;
  }

  /** Gives back what is promised to these servers; those without a reservation are passed over. */
  async release(tx: Transaction, serverIds: readonly string[]): Promise<void> {
    await this.capacities.drop(tx, await this.lockReservations(tx, serverIds));
  }

  /** The servers exist now: their reservations end with the next observation that began after this. */
  async settle(tx: Transaction, serverIds: readonly string[]): Promise<void> {
    await this.capacities.settle(tx, serverIds);
  }

  /** Moves the reservation of a server to another cluster, whether or not there is room, e.g. after a migration. */
  async move(tx: Transaction, serverId: string, toClusterId: string): Promise<void> {
    const reservations = await this.lockReservations(tx, [serverId], [toClusterId]);
    await this.capacities.drop(tx, reservations);
    await this.capacities.reserve(
      tx,
      reservations.map((reservation) => ({ ...reservation, clusterId: toClusterId })),
    );
  }

  /**
   * Promises a server its share of a cluster again where that was given back, whether or not there is room: an operator
   * lets its creation begin anew. What is promised already stays as it is.
   */
  async promiseAgain(tx: Transaction, reservation: Reservation): Promise<void> {
    const held = await this.lockReservations(tx, [reservation.serverId], [reservation.clusterId]);
    if (held.length === 0) await this.capacities.reserve(tx, [reservation]);
  }

  /** Remembers that the cluster had no room for the server after all: it weighs less for some minutes. */
  async recordFailure(tx: Transaction, clusterId: string, serverId: string, reason: string): Promise<void> {
    await this.factsRepository.recordFailure(tx, clusterId, serverId, reason);
  }

  private async tryToPlace(
    tx: Transaction,
    requests: readonly PlacementRequest[],
    clusters: ClusterFacts[],
  ): Promise<PlacedRequest[]> {
    const candidates = new Set(requests.flatMap((request) => worthLocking(request, clusters)));
    const capacities = await this.capacities.lock(tx, [...candidates].toSorted());
    return placeInTurn(requests, withCapacity(clusters, capacities));
  }

  /**
   * Reservations change only under the lock of their cluster's capacity row, so they are read, their rows locked,
   * and read again: a reservation that moved in between is looked for where it went.
   */
  private async lockReservations(
    tx: Transaction,
    serverIds: readonly string[],
    alsoLock: readonly string[] = [],
  ): Promise<Reservation[]> {
    const locked = new Set<string>();
    for (;;) {
      const reservations = await this.capacities.reservationsOf(tx, serverIds);
      const wanted = [...reservations.map((reservation) => reservation.clusterId), ...alsoLock];
      const missing = wanted.filter((id) => !locked.has(id));
      if (missing.length === 0) return reservations;
      await this.capacities.lock(tx, [...new Set(missing)].toSorted());
      for (const id of missing) locked.add(id);
    }
  }

  private rememberedFacts(): ClusterFacts[] | undefined {
    const young = this.facts && this.clock.now() - this.facts.loadedAt < FACTS_AGE_MS;
    return young ? this.facts?.clusters : undefined;
  }

  private async loadFacts(tx: Transaction): Promise<ClusterFacts[]> {
    const loadedAt = this.clock.now();
    const clusters = await this.factsRepository.load(tx);
    this.facts = { loadedAt, clusters };
    return clusters;
  }
}

interface PlacedRequest {
  result: Placed | Fault;
  reservations: Reservation[];
}

const withCapacity = (clusters: readonly ClusterFacts[], capacities: ReadonlyMap<string, Capacity>) =>
  clusters.map((cluster) => ({ ...cluster, capacity: capacities.get(cluster.id) ?? null }));

function placeInTurn(
  requests: readonly PlacementRequest[],
  clusters: readonly ClusterFacts[],
): PlacedRequest[] {
  let running = clusters;
  const spent: SpentAddresses[] = [];
  return requests.map((request) => {
    const placed = place(lessAddresses(request, spent), running);
    running = promise(running, placed.reservations);
    spent.push(...spentBy(request, placed.reservations));
    return placed;
  });
}

function place(request: PlacementRequest, clusters: readonly ClusterFacts[]): PlacedRequest {
  const unknown = unknownClusters(request, clusters);
  if (unknown) return { result: unknown, reservations: [] };
  const decision = decide(request, clusters);
  if (decision.refused) return { result: noClusterFits(decision.explain), reservations: [] };
  const assignments = assign(request, clusters, decision);
  const { vcpus, ramMb, diskGb } = request.flavor;
  return {
    result: { assignments, explain: decision.explain },
    reservations: assignments.map(({ serverId, clusterId }) => ({
      serverId,
      clusterId,
      vcpus,
      ramMb,
      diskGb,
    })),
  };
}

/** What the placed servers of a request take of the addresses that others of the batch may want too. */
function spentBy(request: PlacementRequest, placed: readonly Reservation[]): SpentAddresses[] {
  const byCluster = Map.groupBy(placed, ({ clusterId }) => clusterId);
  return (request.addresses ?? []).flatMap(({ scopes, perServer }) =>
    [...byCluster].map(([clusterId, servers]) => ({
      scopes,
      clusterId,
      count: servers.length * perServer,
    })),
  );
}

/** Deals the servers out to the chosen clusters: the bound ones to theirs, the others in the order of their ids. */
function assign(
  { serverIds, pins }: PlacementRequest,
  clusters: readonly ClusterFacts[],
  { chosen }: Decision,
): Assignment[] {
  if (pins?.size) return assignPinned(serverIds, pins, clusters, chosen);
  const seats = clusters.flatMap((cluster) =>
    Array.from({ length: chosen.get(cluster.id) ?? 0 }, () => cluster),
  );
  return seats.flatMap((cluster, index) => {
    const serverId = serverIds[index];
    if (serverId === undefined) return [];
    return [
      { serverId, clusterId: cluster.id, clusterName: cluster.name, conductorGroup: cluster.conductorGroup },
    ];
  });
}

function assignPinned(
  serverIds: readonly string[],
  pins: NonNullable<PlacementRequest['pins']>,
  clusters: readonly ClusterFacts[],
  chosen: ReadonlyMap<string, number>,
): Assignment[] {
  return clusters.flatMap((cluster) =>
    serverIds
      .filter((id) => pins.get(id)?.clusterId === cluster.id)
      .slice(0, chosen.get(cluster.id) ?? 0)
      .map((serverId) => ({
        serverId,
        clusterId: cluster.id,
        clusterName: cluster.name,
        conductorGroup: cluster.conductorGroup,
      })),
  );
}
