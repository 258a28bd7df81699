import { ApiError, type Call, param } from '../http/call.js';
import type { ServerRow } from './compute.store.js';
import { isDown } from './down-cells.js';
import { isAdmin, notFound, projectOf } from './nova.errors.js';

/** The server named in the path: 404 when it is deleted or another project's (but for administrators). */
export function findServer(
  call: Call,
  options: { evenInDownCell?: boolean; evenDeleted?: boolean } = {},
): ServerRow {
  const id = param(call, 'id');
  const row = call.cluster.compute.servers.get(id);
  const visible = row && (isAdmin(call) || row.projectId === projectOf(call));
  if (!row || !visible || (row.vmState === 'deleted' && !options.evenDeleted))
    throw notFound(`Instance ${id} could not be found.`);
  if (isDown(call, row)) refuseDownCell(call, options.evenInDownCell ?? false);
  return row;
}

/** Before 2.69, and for everything but reading, a down cell is an error of the server's. */
function refuseDownCell(call: Call, readable: boolean): void {
  if (readable && call.microversion >= 69) return;
  throw new ApiError(
    500,
    "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.\n<class 'nova.exception.NovaException'>",
  );
}
