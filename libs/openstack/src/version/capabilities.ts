import { FEATURES, type Feature, type Requirement } from './features.js';
import { atLeast, type MicroversionRange } from './microversion.js';
import { isTooOld, releaseOf } from './release.js';

/** What a cluster can do, as plain data that can be stored and compared. */
export interface CapabilityRecord {
  /** The release name that Nova's ceiling gives away. */
  release: string;
  /** Service types of the catalog that have an endpoint in the region. */
  services: string[];
  /** `v3.14` and the like. */
  identity: string;
  compute: MicroversionRange | null;
  placement: MicroversionRange | null;
  /** `v2.9` and the like. */
  image: string[];
  /** Aliases of Neutron's extensions. */
  network: string[];
}

/**
 * One question for four styles: Nova and Placement have microversions, Neutron has extensions, Glance has a list of
 * versions, and some things are known from the catalog alone.
 */
export class Capabilities {
  private readonly extensions: ReadonlySet<string>;

  constructor(readonly record: CapabilityRecord) {
    this.extensions = new Set(record.network);
  }

  get release(): string {
    return this.record.release;
  }

  /** Whether the cluster is older than the oldest supported release, or has no Nova with microversions at all. */
  get tooOld(): boolean {
    return this.record.compute === null || isTooOld(this.record.compute.max);
  }

  supports(feature: Feature): boolean {
    return this.meets(FEATURES[feature]);
  }

  /** All that `supports` would affirm; for a scheduler that compares sets. */
  features(): Feature[] {
    return (Object.keys(FEATURES) as Feature[]).filter((feature) => this.supports(feature));
  }

  private meets(requirement: Requirement): boolean {
    if ('microversion' in requirement) {
      const range = this.record[requirement.service];
      return range !== null && atLeast(range.max, requirement.microversion);
    }
    if ('anyExtension' in requirement) {
      if (requirement.unless !== undefined && this.extensions.has(requirement.unless)) return false;
      return requirement.anyExtension.some((alias) => this.extensions.has(alias));
    }
    if ('version' in requirement) {
      return this.record.image.some((version) => atLeast(version.replace(/^v/, ''), requirement.version));
    }
    return this.record.services.includes(requirement.service);
  }
}

/** The release that a record should carry, from Nova's ceiling. */
export function releaseFrom(compute: MicroversionRange | null): string {
  return compute ? releaseOf(compute.max) : 'unknown';
}
