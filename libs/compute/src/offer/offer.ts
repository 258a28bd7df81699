import type { ClusterFacts, NeededFlavor, NeededResource } from '@ultron/cluster/scheduler/placement';

/** Things that are known by a unique name and by an id. */
export class Named<Thing extends { id: string; name: string }> {
  private readonly byName: ReadonlyMap<string, Thing>;
  private readonly byId: ReadonlyMap<string, Thing>;

  constructor(things: readonly Thing[]) {
    this.byName = new Map(things.map((thing) => [thing.name, thing]));
    this.byId = new Map(things.map((thing) => [thing.id, thing]));
  }

  /** The name wins, should one thing's name be another's id. */
  find(nameOrId: string): Thing | null {
    return this.byName.get(nameOrId) ?? this.byId.get(nameOrId) ?? null;
  }

  get(id: string): Thing | null {
    return this.byId.get(id) ?? null;
  }

  all(): Thing[] {
    return [...this.byId.values()];
  }

  names(): string[] {
    return [...this.byName.keys()].toSorted();
  }
}

/** All that a server can be made of, with the clusters that have it. */
export interface Offer {
  flavors: Named<NeededFlavor>;
  images: Named<NeededResource>;
  networks: Named<NeededResource>;
  /** The id of a security group is its name: Ultron keeps none of its own yet. */
  securityGroups: Named<NeededResource>;
  clusters: Named<ClusterFacts>;
}
