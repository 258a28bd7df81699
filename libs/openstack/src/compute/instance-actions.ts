import type { CallOptions } from '../call.js';
import { orNull } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import { nextOf, type PageShape, type ServiceApi } from '../service-api.js';
import type {
  InstanceActionListWire,
  InstanceActionResponseWire,
  InstanceActionWire,
} from './instance-actions.wire.js';

/** 2.21 shows the actions of deleted servers, 2.51 events to owners, 2.58 paging, 2.84 the details of an event. */
const KNOWN = '2.84';

const PAGE: PageShape<InstanceActionListWire, InstanceActionWire> = {
  items: (page) => page.instanceActions,
  next: (page) => nextOf(page.links),
  key: (action) => action.request_id,
};

/** An action with its events, where Nova shows them. */
export type InstanceAction = InstanceActionResponseWire['instanceAction'];

/** `/servers/{id}/os-instance-actions` of Nova: what was done to a server and why it failed. */
export class InstanceActions {
  constructor(private readonly api: ServiceApi) {}

  list(serverId: string, call?: CallOptions): Listing<InstanceActionWire> {
    const path = `/servers/${serverId}/os-instance-actions`;
    return this.api.list({ method: 'GET', path, knows: KNOWN, call }, PAGE);
  }

  /** The action that the call with this request id began, or null when Nova knows no such action. */
  async find(serverId: string, requestId: string, call?: CallOptions): Promise<InstanceAction | null> {
    const path = `/servers/${serverId}/os-instance-actions/${requestId}`;
    const answer = await orNull(
      this.api.json<InstanceActionResponseWire>({ method: 'GET', path, knows: KNOWN, call }),
    );
    return answer?.instanceAction ?? null;
  }
}

/**
 * Why an action failed, in Nova's words, or null when it did not fail. Only the details of an event (2.84) are words:
 * the traceback that administrators see holds frames without the exception. Below, the event's name must do.
 */
export function failureOf(action: InstanceAction): string | null {
  const failed = action.events?.find((event) => event.result === 'Error');
  if (failed) return failed.details ?? `${failed.event} failed`;
  return action.message;
}
