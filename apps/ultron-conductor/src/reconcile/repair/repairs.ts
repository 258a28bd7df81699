import type { RecipeName } from '@ultron/reconcile/finding/repairs';
import { deleteMarked, deleteServer } from './delete.repair.js';
import { forgetFloatingIp, forgetPort, takeAddressOut } from './network.repair.js';
import type { Repair } from './repair.js';
import { acceptFlavor, acceptState, forgetServer, tellServer } from './server.repair.js';
import { setAgain } from './set-again.repair.js';

/** Who does what the table of repairs names. */
export const DOES: Readonly<Record<RecipeName, Repair>> = {
  forget_server: forgetServer,
  forget_port: forgetPort,
  forget_floating_ip: forgetFloatingIp,
  tell_server: tellServer,
  set_again: setAgain,
  accept_state: acceptState,
  accept_flavor: acceptFlavor,
  delete_server: deleteServer,
  delete_marked: deleteMarked,
  take_address_out: takeAddressOut,
};
