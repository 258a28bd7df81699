import type { SimClock } from '../clock/sim-clock.js';
import type { Cluster } from '../cluster/cluster.js';
import {
  type ClusterSettings,
  type HostSettings,
  type LatencySettings,
  type LifecycleDelays,
  type QuotaSettings,
  lifecycleOf,
} from '../cluster/cluster.settings.js';
import { type Meddled, type Meddling, meddle } from '../cluster/cluster.meddling.js';
import type { FaultEngine } from '../fault/fault.engine.js';
import { type FaultEffect, type FaultRule, parseRule } from '../fault/fault.rules.js';
import type { Counters } from '../http/counters.js';
import type { Listener } from '../http/listener.js';
import type { LogFilter, LoggedRequest, RequestLog } from '../http/request-log.js';
import { stateOf } from './control.views.js';
import { type Meddlers, meddlingsOf } from './meddlers.js';

export interface ControlSurroundings {
  clusters: ReadonlyMap<string, Cluster>;
  clock: SimClock;
  faults: FaultEngine;
  log: RequestLog;
  counters: Counters;
  listeners: ReadonlyMap<string, Listener>;
  meddlers: Meddlers;
  settled: () => void;
}

/** A rule without its id, which is given. */
export type NewFault = Omit<FaultRule, 'id'> & { effect: FaultEffect };

/** Looks into the clusters and disturbs them; also what the routes under `/_sim` call. */
export class Control {
  constructor(private readonly around: ControlSurroundings) {}

  cluster(name: string): Cluster {
    const found = this.around.clusters.get(name);
    if (!found)
      throw new RangeError(
        `No cluster is called ${name}; there are ${[...this.around.clusters.keys()].join(', ')}.`,
      );
    return found;
  }

  clusterNames(): string[] {
    return [...this.around.clusters.keys()];
  }

  /** Servers, ports and hosts of a cluster, short. */
  state(cluster: string) {
    return stateOf(this.cluster(cluster));
  }

  /** Adds a rule and answers its id. */
  addFault(rule: NewFault): string {
    const id = this.around.faults.nextId();
    this.around.faults.add(parseRule({ ...rule }, id));
    return id;
  }

  removeFault(id: string): boolean {
    return this.around.faults.remove(id);
  }

  clearFaults(): void {
    this.around.faults.clear();
  }

  faults() {
    return this.around.faults.list();
  }

  /** The last requests received, oldest first. */
  requests(filter: LogFilter = {}): LoggedRequest[] {
    return this.around.log.list(filter);
  }

  clearRequests(): void {
    this.around.log.clear();
  }

  calls(cluster?: string) {
    return this.around.counters.list(cluster);
  }

  unknownRoutes() {
    return this.around.counters.unknown();
  }

  clearCalls(): void {
    this.around.counters.clear();
  }

  /** Changes latency, quota, token lifetime or life-cycle delays of a cluster; what is not named stays. */
  configure(
    cluster: string,
    changes: Partial<Pick<ClusterSettings, 'tokenLifetimeMs'>> & {
      latency?: Partial<LatencySettings>;
      quota?: Partial<QuotaSettings>;
      lifecycle?: 'fast' | 'realistic' | Partial<LifecycleDelays>;
    },
  ): ClusterSettings {
    const { settings } = this.cluster(cluster);
    if (changes.latency) settings.latency = { ...settings.latency, ...changes.latency };
    if (changes.quota) settings.quota = { ...settings.quota, ...changes.quota };
    if (changes.tokenLifetimeMs !== undefined) settings.tokenLifetimeMs = changes.tokenLifetimeMs;
    if (typeof changes.lifecycle === 'string') settings.lifecycle = lifecycleOf(changes.lifecycle);
    else if (changes.lifecycle) settings.lifecycle = { ...settings.lifecycle, ...changes.lifecycle };
    return settings;
  }

  /** Changes hosts: all of the cluster, or the one named. */
  setHosts(
    cluster: string,
    changes: Partial<HostSettings> & { host?: string; up?: boolean; disabled?: boolean },
  ): void {
    const { hosts } = this.cluster(cluster).compute;
    const { host, ...values } = changes;
    for (const row of hosts.values()) {
      if (host !== undefined && row.id !== host) continue;
      Object.assign(row, values);
      row.generation++;
      hosts.changed(row);
    }
    this.around.settled();
  }

  /** Gives a server another flavor by its name, as after a resize that was confirmed. */
  resize(cluster: string, serverId: string, flavorName: string): void {
    const { compute } = this.cluster(cluster);
    const server = compute.servers.get(serverId);
    const flavor = [...compute.flavors.values()].find(({ name }) => name === flavorName);
    if (!server || !flavor)
      throw new RangeError(`There is no server ${serverId}, or no flavor ${flavorName}.`);
    compute.update(server, { flavor });
  }

  /** Changes so many servers and ports behind the back of whoever watches the cluster; says what was done. */
  meddle(cluster: string, asked: { what?: Meddling | readonly Meddling[]; count: number }): Meddled[] {
    return meddle(this.cluster(cluster), meddlingsOf(asked.what), asked.count);
  }

  /** The same at a steady rate, until the rate is set to 0. */
  meddleOn(cluster: string, asked: { what?: Meddling | readonly Meddling[]; perSecond: number }): void {
    this.around.meddlers.set(this.cluster(cluster), meddlingsOf(asked.what), asked.perSecond);
  }

  /** What was done at a steady rate so far, oldest first. */
  meddled(cluster: string): readonly Meddled[] {
    return this.around.meddlers.done(this.cluster(cluster).name);
  }

  /** Makes all tokens of a cluster void, as a restart of Keystone with new keys would. */
  revokeTokens(cluster: string): void {
    this.cluster(cluster).identity.tokens.clear();
  }

  /** Opens or closes the cluster's own port (option `ownPort`). */
  async setReachable(cluster: string, reachable: boolean): Promise<void> {
    const listener = this.around.listeners.get(this.cluster(cluster).name);
    if (!listener)
      throw new RangeError(`Cluster ${cluster} has no port of its own; give it the option ownPort.`);
    await (reachable ? listener.open() : listener.close());
  }

  get clock(): SimClock {
    return this.around.clock;
  }
}
