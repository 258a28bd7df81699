import { Inject, Injectable } from '@nestjs/common';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import type { NeededFlavor, NeededResource } from '@ultron/cluster/scheduler/placement';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { Database } from '@ultron/platform/database/database.service';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import { FlavorRepository } from '../flavor/flavor.repository.js';
import { ImageRepository } from '../image/image.repository.js';
import { Named, type Offer } from './offer.js';

/** How long the offer is used again: names and mappings change by probes and operators, not by requests. */
const AGE_MS = 1000;

/** Knows what servers can be made of, without a query per request. */
@Injectable()
export class OfferService {
  private loaded: { at: number; offer: Offer } | undefined;
  private loading: Promise<Offer> | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(FlavorRepository) private readonly flavors: FlavorRepository,
    @Inject(ImageRepository) private readonly images: ImageRepository,
    @Inject(NetworkRepository) private readonly networks: NetworkRepository,
    @Inject(SecurityGroupRepository) private readonly securityGroups: SecurityGroupRepository,
    @Inject(FactsRepository) private readonly clusters: FactsRepository,
  ) {}

  /** At most a second old. */
  async current(): Promise<Offer> {
    if (this.loaded && Date.now() - this.loaded.at < AGE_MS) return this.loaded.offer;
    return this.fresh();
  }

  /** Read anew: a refusal of a name is only ever given on this. Concurrent calls share one reading. */
  async fresh(): Promise<Offer> {
    this.loading ??= this.load().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async load(): Promise<Offer> {
    const at = Date.now();
    const [flavors, images, networks, securityGroups, clusters] = await Promise.all([
      this.loadFlavors(),
      this.loadImages(),
      this.loadNetworks(),
      this.loadSecurityGroups(),
      this.clusters.load(this.database.read),
    ]);
    const offer = { flavors, images, networks, securityGroups, clusters: new Named(clusters) };
    this.loaded = { at, offer };
    return offer;
  }

  private async loadFlavors(): Promise<Named<NeededFlavor>> {
    const [flavors, rows] = await Promise.all([
      this.flavors.list(this.database.read),
      this.flavors.listClusterFlavors(this.database.read),
    ]);
    const byFlavor = Map.groupBy(rows, (row) => row.flavorId);
    return new Named(
      flavors.map(({ id, name, vcpus, ramMb, diskGb }) => {
        const clusters = new Map((byFlavor.get(id) ?? []).map((row) => [row.clusterId, { fits: row.fits }]));
        return { id, name, vcpus, ramMb, diskGb, clusters };
      }),
    );
  }

  private async loadImages(): Promise<Named<NeededResource>> {
    const [images, rows] = await Promise.all([
      this.images.list(this.database.read),
      this.images.listClusterImages(this.database.read),
    ]);
    return needed(
      images,
      Map.groupBy(rows, (row) => row.imageId),
    );
  }

  private async loadNetworks(): Promise<Named<NeededResource>> {
    const [networks, rows] = await Promise.all([
      this.networks.list(this.database.read),
      this.networks.listClusterNetworks(this.database.read),
    ]);
    return needed(
      networks,
      Map.groupBy(rows, (row) => row.networkId),
    );
  }

  private async loadSecurityGroups(): Promise<Named<NeededResource>> {
    const byName = Map.groupBy(await this.securityGroups.list(this.database.read), (row) => row.name);
    const names = [...byName.keys()].map((name) => ({ id: name, name }));
    return needed(names, byName);
  }
}

function needed(
  things: readonly { id: string; name: string }[],
  rows: ReadonlyMap<string | null, readonly { clusterId: string }[]>,
): Named<NeededResource> {
  return new Named(
    things.map(({ id, name }) => ({
      id,
      name,
      clusters: new Set((rows.get(id) ?? []).map((row) => row.clusterId)),
    })),
  );
}
