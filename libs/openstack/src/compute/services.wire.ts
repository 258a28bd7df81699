/** `GET /os-services` (administrators). */
export interface ComputeServiceListWire {
  services: ComputeServiceWire[];
}

export interface ComputeServiceWire {
  /** A number below 2.53, a UUID from 2.53 on. */
  id: number | string;
  /** `nova-compute`, `nova-scheduler`, `nova-conductor`, … */
  binary: string;
  host: string;
  zone: string;
  status: 'enabled' | 'disabled';
  /** `unknown` (2.69 and above) when the cell does not answer; other keys are missing then. */
  state: 'up' | 'down' | 'unknown';
  updated_at?: string | null;
  disabled_reason?: string | null;
  /** 2.11 and above. */
  forced_down?: boolean;
}
