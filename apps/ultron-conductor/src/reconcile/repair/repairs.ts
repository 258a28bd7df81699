import type { FindingKind, SubjectKind } from '@ultron/reconcile/finding/finding.kinds';
import { deleteFloatingIp, deletePort, deleteRouter, deleteServer } from './delete.repair.js';
import {
  forgetFloatingIp,
  forgetPort,
  reapplyFloatingIp,
  reapplyPort,
  reapplyRouter,
  restorePool,
  takeAddressOut,
} from './network.repair.js';
import type { Repair } from './repair.js';
import { acceptFlavor, acceptState, forgetServer, reapplyServer } from './server.repair.js';

/** What is done about which finding: what is not here nobody does. */
export const REPAIRS: Partial<Record<FindingKind, Partial<Record<SubjectKind, Repair>>>> = {
  missing: { server: forgetServer, port: forgetPort, floating_ip: forgetFloatingIp },
  differs: {
    server: reapplyServer,
    port: reapplyPort,
    router: reapplyRouter,
    floating_ip: reapplyFloatingIp,
  },
  state_differs: { server: acceptState },
  flavor_differs: { server: acceptFlavor },
  security_group_differs: { port: reapplyPort },
  duplicate: { server: deleteServer, port: deletePort, router: deleteRouter, floating_ip: deleteFloatingIp },
  stale: { server: deleteServer, router: deleteRouter, floating_ip: deleteFloatingIp },
  leaked_port: { port: deletePort },
  address_in_use_but_free: { address: takeAddressOut },
  address_pool_edited: { subnet: restorePool },
};
