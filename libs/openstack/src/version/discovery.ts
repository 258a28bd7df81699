import type { Clock } from '@ultron/kernel/clock';
import type { CallOptions } from '../call.js';
import { servicesIn, type EndpointChoice } from '../auth/catalog.rules.js';
import type { SessionSource } from '../auth/session-source.js';
import type { ComputeVersionResponseWire } from '../compute/versions.wire.js';
import type { IdentityVersionResponseWire } from '../identity/versions.wire.js';
import type { ImageVersionsWire } from '../image/images.wire.js';
import type { ExtensionListWire } from '../network/extensions.wire.js';
import type { PlacementVersionsWire } from '../placement/resource-providers.wire.js';
import { Cached } from './cached.js';
import { Capabilities, releaseFrom } from './capabilities.js';
import { isMicroversion, type MicroversionRange } from './microversion.js';

/** Services whose calls carry a microversion. */
export type VersionedService = 'compute' | 'placement';

/** Reads a document of a service; `place` makes its URL from the versioned endpoint. */
export type ReadDocument = <T>(
  service: string,
  place: (endpoint: string) => string,
  call: CallOptions | undefined,
) => Promise<T>;

export interface DiscoveryOptions {
  ttlMs: number;
  clock: Clock;
  choice: EndpointChoice;
  /** Service types that have an endpoint by the options, whatever the catalog says. */
  extraServices: readonly string[];
}

/** What the services of a cluster can do, asked for once and remembered for a while. */
export class Discovery {
  private readonly ranges: Record<VersionedService, Cached<MicroversionRange | null>>;

  constructor(
    private readonly read: ReadDocument,
    private readonly sessions: SessionSource,
    private readonly options: DiscoveryOptions,
  ) {
    const cached = <T>(fetch: (call: CallOptions | undefined) => Promise<T>) =>
      new Cached(fetch, options.ttlMs, () => options.clock.now());
    this.ranges = {
      compute: cached((call) => this.readCompute(call)),
      placement: cached((call) => this.readPlacement(call)),
    };
  }

  /** The microversions of the service; null when it has none. */
  rangeOf(service: VersionedService, call?: CallOptions): Promise<MicroversionRange | null> {
    return this.ranges[service].get(call);
  }

  /** To be called when a service refused a version that it was thought to have. */
  forget(service: VersionedService): void {
    this.ranges[service].forget();
  }

  /** Asks every service anew. A service that does not answer makes this fail: an outage is no lack of a feature. */
  async capabilities(call?: CallOptions): Promise<Capabilities> {
    const session = await this.sessions.current(call);
    const { choice, extraServices } = this.options;
    const services = [...new Set([...servicesIn(session.catalog, choice), ...extraServices])].toSorted();
    const ask = <T>(service: string, question: () => Promise<T>, none: T): Promise<T> =>
      services.includes(service) ? question() : Promise.resolve(none);
    this.forget('compute');
    this.forget('placement');
    const [identity, compute, placement, image, network] = await Promise.all([
      this.readIdentity(call),
      ask('compute', () => this.rangeOf('compute', call), null),
      ask('placement', () => this.rangeOf('placement', call), null),
      ask('image', () => this.readImage(call), []),
      ask('network', () => this.readNetwork(call), []),
    ]);
    const release = releaseFrom(compute);
    return new Capabilities({ release, services, identity, compute, placement, image, network });
  }

  private async readCompute(call: CallOptions | undefined): Promise<MicroversionRange | null> {
    // The endpoint may go on with a project id; the document is where the version stands.
    const place = (endpoint: string): string => endpoint.replace(/(\/v2\.1)\/.*$/, '$1');
    const { version } = await this.read<Partial<ComputeVersionResponseWire>>('compute', place, call);
    return rangeFrom(version?.min_version, version?.version);
  }

  private async readPlacement(call: CallOptions | undefined): Promise<MicroversionRange | null> {
    const place = (endpoint: string): string => `${endpoint}/`;
    const document = await this.read<Partial<PlacementVersionsWire>>('placement', place, call);
    const version = document.versions?.[0];
    return rangeFrom(version?.min_version, version?.max_version);
  }

  private async readIdentity(call: CallOptions | undefined): Promise<string> {
    const place = (endpoint: string): string => endpoint;
    const document = await this.read<Partial<IdentityVersionResponseWire>>('identity', place, call);
    return document.version?.id ?? 'v3';
  }

  private async readImage(call: CallOptions | undefined): Promise<string[]> {
    const place = (endpoint: string): string => endpoint.replace(/v2(\.\d+)?$/, '');
    const { versions } = await this.read<ImageVersionsWire>('image', place, call);
    return versions.map((version) => version.id);
  }

  private async readNetwork(call: CallOptions | undefined): Promise<string[]> {
    const place = (endpoint: string): string => `${endpoint}/extensions`;
    const { extensions } = await this.read<ExtensionListWire>('network', place, call);
    return extensions.map((extension) => extension.alias).toSorted();
  }
}

function rangeFrom(min: string | undefined, max: string | undefined): MicroversionRange | null {
  if (min === undefined || max === undefined) return null;
  return isMicroversion(min) && isMicroversion(max) ? { min, max } : null;
}
