import type { Delay } from '../clock/random.js';
import type { NetworkBackend } from '../neutron/network-backend.js';

/** How long the steps of a server's life take. */
export interface LifecycleDelays {
  /** From the API's answer to a host being chosen (task state `scheduling`). */
  schedule: Delay;
  /** From then until the server runs (`networking`, then `spawning`). */
  spawn: Delay;
  start: Delay;
  stop: Delay;
  softReboot: Delay;
  hardReboot: Delay;
  delete: Delay;
  /** From a change of a subnet to what its DHCP agent makes of it: an address, a port; 0 is at once. */
  dhcp: Delay;
}

/** Milliseconds before the answer of a kind of call. `default` holds for kinds that are not named. */
export interface LatencySettings {
  base: number;
  jitter: number;
  /** By kind, for example `POST /v2.1/servers`, or by service, for example `network`. */
  kinds?: Record<string, { base: number; jitter: number }>;
}

/** Limits per project; -1 is none. */
export interface QuotaSettings {
  instances: number;
  cores: number;
  ram: number;
  network: number;
  subnet: number;
  port: number;
  security_group: number;
  security_group_rule: number;
  router: number;
  floatingip: number;
}

export interface ClusterSettings {
  latency: LatencySettings;
  lifecycle: LifecycleDelays;
  quota: QuotaSettings;
  /** Milliseconds for which a token is valid. */
  tokenLifetimeMs: number;
}

/** Quick, for tests: a server is there within a quarter of a second. */
export const FAST: LifecycleDelays = {
  schedule: { min: 10, max: 40 },
  spawn: { min: 50, max: 200 },
  start: { min: 20, max: 60 },
  stop: { min: 20, max: 60 },
  softReboot: { min: 20, max: 60 },
  hardReboot: { min: 20, max: 60 },
  delete: { min: 20, max: 60 },
  dhcp: 0,
};

/** As seen on clouds of some size: a server takes about ten seconds, some take twice as long. */
export const REALISTIC: LifecycleDelays = {
  schedule: { median: 1200, sigma: 0.4 },
  spawn: { median: 8000, sigma: 0.35 },
  start: { median: 2000, sigma: 0.3 },
  stop: { median: 4000, sigma: 0.5 },
  softReboot: { median: 6000, sigma: 0.4 },
  hardReboot: { median: 4000, sigma: 0.3 },
  delete: { median: 3000, sigma: 0.4 },
  dhcp: { median: 1500, sigma: 0.3 },
};

export const UNLIMITED: QuotaSettings = {
  instances: -1,
  cores: -1,
  ram: -1,
  network: -1,
  subnet: -1,
  port: -1,
  security_group: -1,
  security_group_rule: -1,
  router: -1,
  floatingip: -1,
};

/** A compute host and what it has. */
export interface HostSettings {
  vcpus: number;
  /** MiB. */
  memoryMb: number;
  /** GiB. */
  diskGb: number;
}

export interface ClusterOptions {
  name: string;
  /** A release by name, for example `zed`, `2025.1`. */
  release: string;
  /** Carried through to the caller, the simulator has no use for it. */
  idc?: string;
  region?: string;
  /** How many compute hosts, and what each has. Default: 20 hosts of 64 VCPUs, 256 GiB, 4 TiB. */
  hosts?: number;
  host?: Partial<HostSettings>;
  /** Nova cells over which the hosts are spread: `cell1`, `cell2`, … Default 1. */
  cells?: number;
  latency?: Partial<LatencySettings>;
  lifecycle?: 'fast' | 'realistic' | Partial<LifecycleDelays>;
  quota?: Partial<QuotaSettings>;
  /**
   * What does its networking: its extensions, agents and the attributes of routers follow from it, and the ports that serve
   * DHCP or metadata. Unless told, it looks like `ml2_ovs` whose agents make no ports.
   */
  networkBackend?: NetworkBackend;
  tokenLifetimeMs?: number;
  /** A listener of its own, so that this cluster alone can be made unreachable; 0 takes a free port. */
  ownPort?: number;
  username?: string;
  password?: string;
  projectName?: string;
}

export function settingsOf(options: ClusterOptions): ClusterSettings {
  return {
    latency: { base: 0, jitter: 0, ...options.latency },
    lifecycle: lifecycleOf(options.lifecycle),
    quota: { ...UNLIMITED, ...options.quota },
    tokenLifetimeMs: options.tokenLifetimeMs ?? 3_600_000,
  };
}

export function lifecycleOf(given: ClusterOptions['lifecycle']): LifecycleDelays {
  if (given === 'realistic') return REALISTIC;
  return given === undefined || given === 'fast' ? FAST : { ...FAST, ...given };
}
