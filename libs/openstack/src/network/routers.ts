import type { CallOptions, Query } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import { NeutronCollection, type StandardFilter } from './neutron-collection.js';
import type {
  RouterCreateWire,
  RouterInterfaceRequestWire,
  RouterInterfaceWire,
  RouterUpdateWire,
  RouterWire,
} from './routers.wire.js';

export interface RouterFilter extends StandardFilter {
  adminStateUp?: boolean;
  status?: string;
}

/** `/v2.0/routers` of Neutron (extension `router`). */
export class Routers extends NeutronCollection<RouterWire, RouterCreateWire, RouterUpdateWire, RouterFilter> {
  constructor(api: ServiceApi) {
    super(api, { path: '/routers', one: 'router', many: 'routers' });
  }

  protected queryOf(filter: RouterFilter): Query {
    return { admin_state_up: filter.adminStateUp, status: filter.status };
  }

  /**
   * As for all resources, but that a change of the gateway raises the revision of the router in the middle of the
   * request: Neutron then answers 412 to its own doing, with the gateway changed. So for such a change the revision is
   * compared before, and not while, it is made.
   */
  override async update(
    id: string,
    changes: RouterUpdateWire,
    ifRevision?: number,
    call?: CallOptions,
  ): Promise<RouterWire> {
    if (ifRevision === undefined || changes.external_gateway_info === undefined)
      return super.update(id, changes, ifRevision, call);
    const { revision_number: revision } = await this.get(id, call);
    // Where it has moved on already, the cluster itself may say so.
    return super.update(id, changes, revision === ifRevision ? undefined : ifRevision, call);
  }

  /**
   * Gives the router a leg in a subnet, with the gateway address of the subnet, or makes an existing port its leg. A
   * subnet that has a leg of this router already fails with kind `invalid`, code `BadRequest`: look at the router's
   * ports before.
   */
  addInterface(
    id: string,
    leg: RouterInterfaceRequestWire,
    call?: CallOptions,
  ): Promise<RouterInterfaceWire> {
    return this.changeInterface(id, 'add_router_interface', leg, call);
  }

  /** Fails with kind `conflict`, code `RouterInterfaceInUseByFloatingIP`, while a floating IP leads to the subnet. */
  removeInterface(
    id: string,
    leg: RouterInterfaceRequestWire,
    call?: CallOptions,
  ): Promise<RouterInterfaceWire> {
    return this.changeInterface(id, 'remove_router_interface', leg, call);
  }

  private changeInterface(
    id: string,
    action: string,
    body: RouterInterfaceRequestWire,
    call: CallOptions | undefined,
  ): Promise<RouterInterfaceWire> {
    return this.api.json({ method: 'PUT', path: `${this.at(id)}/${action}`, body, call });
  }
}
