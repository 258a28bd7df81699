/** `GET /v2.0/availability_zones`. */
export interface NetworkAvailabilityZoneListWire {
  availability_zones: NetworkAvailabilityZoneWire[];
}

export interface NetworkAvailabilityZoneWire {
  name: string;
  resource: 'network' | 'router';
  state: 'available' | 'unavailable';
}
