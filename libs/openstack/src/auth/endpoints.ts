import type { CloudOptions } from '../cloud.options.js';
import { OpenStackError } from '../error/openstack-error.js';
import { endpointOf, regionsOf, versionedEndpoint, type EndpointChoice } from './catalog.rules.js';
import type { Session } from './session.js';

/** Where the services of a cloud are: what its options say, else what the catalog says. */
export class Endpoints {
  readonly choice: EndpointChoice;

  constructor(
    private readonly options: Pick<CloudOptions, 'cluster' | 'region' | 'interface' | 'endpoints'>,
    private readonly keystone: string,
  ) {
    this.choice = { region: options.region, interface: options.interface ?? 'public' };
  }

  /** The versioned endpoint; fails with code `no_endpoint` when there is none. */
  of(service: string, session: Session): string {
    if (service === 'identity') return this.keystone;
    const given = this.options.endpoints?.[service];
    const url = given?.replace(/\/+$/, '') ?? this.fromCatalog(service, session);
    return versionedEndpoint(service, url);
  }

  private fromCatalog(service: string, session: Session): string {
    const regions = regionsOf(session.catalog);
    const ambiguous = this.choice.region === undefined && regions.length > 1;
    const url = ambiguous ? null : endpointOf(session.catalog, service, this.choice);
    if (url !== null) return url;
    const { region, interface: facing } = this.choice;
    const wanted = region === undefined ? '' : ` in region ${region}`;
    const asked = ambiguous
      ? 'a region must be chosen'
      : `there is no ${facing} endpoint of ${service}${wanted}`;
    throw new OpenStackError({
      kind: 'invalid',
      code: 'no_endpoint',
      message: `The catalog of ${this.options.cluster} does not fit: ${asked}; its regions are ${regions.join(', ') || 'none'}`,
      cluster: this.options.cluster,
      service,
      method: 'GET',
      path: '',
    });
  }
}
