import { seededRandom } from '../clock/random.js';
import type { SimClock } from '../clock/sim-clock.js';
import { ImageStore } from '../glance/image.store.js';
import { IdentityStore } from '../keystone/identity.store.js';
import type { NetworkBackend } from '../neutron/network-backend.js';
import { NetworkStore } from '../neutron/network.store.js';
import { ComputeStore } from '../nova/compute.store.js';
import { Lifecycle } from '../nova/lifecycle.js';
import { type ReleaseProfile, releaseProfile } from '../release/release.profiles.js';
import type { OnChange, StoredTable } from '../store/table.js';
import { Quotas } from './quotas.js';
import { type ClusterOptions, type ClusterSettings, settingsOf } from './cluster.settings.js';

export interface ClusterSurroundings {
  clock: SimClock;
  seed: number;
  /** Is told of every changed row, with the cluster it belongs to. */
  onChange: (cluster: string, table: StoredTable, id: string) => void;
  /** Is told when something ended by itself (a timer), so that its changes can be stored. */
  settled: () => void;
}

/** One simulated OpenStack deployment: its release, its settings, and all it holds. */
export class Cluster {
  readonly name: string;
  readonly region: string;
  readonly profile: ReleaseProfile;
  readonly settings: ClusterSettings;
  readonly networkBackend: NetworkBackend;
  /** Whether networks get the ports that serve DHCP or metadata. */
  readonly servesNetworks: boolean;
  readonly clock: SimClock;
  readonly random: () => number;
  readonly identity: IdentityStore;
  readonly compute: ComputeStore;
  readonly network: NetworkStore;
  readonly image: ImageStore;
  readonly quotas: Quotas;
  readonly lifecycle: Lifecycle;
  readonly settled: () => void;

  constructor(
    readonly options: ClusterOptions,
    around: ClusterSurroundings,
  ) {
    const onChange: OnChange = (table, id) => around.onChange(options.name, table, id);
    this.name = options.name;
    this.region = options.region ?? 'RegionOne';
    this.profile = releaseProfile(options.release);
    this.settings = settingsOf(options);
    this.networkBackend = options.networkBackend ?? 'ml2_ovs';
    this.servesNetworks = options.networkBackend !== undefined;
    this.clock = around.clock;
    this.random = seededRandom(around.seed);
    this.identity = new IdentityStore(onChange);
    this.compute = new ComputeStore(onChange, around.clock);
    this.network = new NetworkStore(onChange, around.clock);
    this.image = new ImageStore(onChange);
    this.quotas = new Quotas(onChange, this.settings);
    this.lifecycle = new Lifecycle(this);
    this.settled = around.settled;
  }

  /** All tables, in an order in which rows can be put back: what is referred to comes first. */
  tables(): StoredTable[] {
    const { identity, compute, network, image } = this;
    return [
      identity.projects,
      identity.users,
      identity.assignments,
      identity.applicationCredentials,
      this.quotas.table,
      image.images,
      network.networks,
      network.subnets,
      network.policies,
      network.groups,
      network.rules,
      network.ports,
      network.routers,
      network.floatingIps,
      compute.flavors,
      compute.keypairs,
      compute.hosts,
      compute.servers,
    ];
  }
}
