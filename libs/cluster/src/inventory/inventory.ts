export interface FoundService {
  /** As in the catalog: `compute`, `network`, … */
  serviceType: string;
  endpoint: string;
  /** Microversions, or API versions where the service has none; null where they are not known. */
  minVersion: string | null;
  maxVersion: string | null;
}

export interface FoundAvailabilityZone {
  name: string;
  available: boolean;
}

/** What a cluster offers, as found by its last probe or refresh. */
export interface Inventory {
  services: FoundService[];
  /** Aliases of Neutron extensions. */
  extensions: string[];
  /** Names by which a request may ask for a capability; read, they include those that an operator declared. */
  capabilities: string[];
  availabilityZones: FoundAvailabilityZone[];
}
