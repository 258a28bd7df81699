import type { LinkWire } from '../wire.js';

/** One action on a server, `GET /servers/{id}/os-instance-actions`. */
export interface InstanceActionWire {
  action: string;
  instance_uuid: string;
  /** The request id of the call that caused it, the key of the detail call. */
  request_id: string;
  project_id: string;
  user_id: string;
  start_time: string;
  /** `Error` when it failed. */
  message: string | null;
  /** 2.58 and above. */
  updated_at?: string;
}

export interface InstanceActionEventWire {
  event: string;
  start_time: string;
  finish_time: string | null;
  result: 'Success' | 'Error' | null;
  /** Administrators only. */
  traceback?: string | null;
  hostId?: string;
  host?: string | null;
  /** 2.84 and above. */
  details?: string | null;
}

export interface InstanceActionListWire {
  instanceActions: InstanceActionWire[];
  /** 2.58 and above. */
  links?: LinkWire[];
}

/** `GET /servers/{id}/os-instance-actions/{request_id}`; events for non-administrators from 2.51 on. */
export interface InstanceActionResponseWire {
  instanceAction: InstanceActionWire & { events?: InstanceActionEventWire[] };
}
