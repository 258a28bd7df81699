import type { ServerCreateInput } from '@ultron/compute/server/server-task';
import type { StepContext } from '@ultron/tasks/saga/saga';
import type { ComputeDeps } from '../conductor.deps.js';

/** What the steps of a server's creation leave for those after them. */
/** One port for each network of the server, in their order. */
export interface MadePorts {
  port_ids: string[];
  /** An earlier try may have left another one behind. */
  doubtful: boolean;
}

export interface MadeServer {
  openstack_id: string;
  /** As with the port. */
  doubtful: boolean;
}

export type CreateStep<Outputs> = StepContext<ComputeDeps, ServerCreateInput, Outputs>;
