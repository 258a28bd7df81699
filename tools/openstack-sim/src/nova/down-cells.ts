import type { Call } from '../http/call.js';
import type { ServerRow } from './compute.store.js';

/** Whether a fault rule has taken away the cell that the server lives in; without a host it lives in none. */
export function isDown(call: Call, row: ServerRow): boolean {
  const cells = call.effects.downCells;
  const cell = row.host ? call.cluster.compute.hosts.get(row.host)?.cell : undefined;
  return cells !== undefined && cell !== undefined && cells.has(cell);
}
