/** `GET /os-availability-zone` and, with hosts, `/os-availability-zone/detail`. */
export interface AvailabilityZoneListWire {
  availabilityZoneInfo: AvailabilityZoneWire[];
}

export interface AvailabilityZoneWire {
  zoneName: string;
  zoneState: { available: boolean };
  hosts: Record<
    string,
    Record<string, { available: boolean; active: boolean; updated_at: string | null }>
  > | null;
}
