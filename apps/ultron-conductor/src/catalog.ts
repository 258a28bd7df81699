import type { Saga } from '@ultron/tasks/saga/saga';
import { clusterProbe } from './cluster/cluster-probe.saga.js';
import { flavorCreate } from './compute/flavor-create.saga.js';
import { serverReboot, serverStart, serverStop } from './compute/server-action.saga.js';
import { serverCreate } from './compute/server-create.saga.js';
import { serverDelete } from './compute/server-delete.saga.js';
import { serverUpdate } from './compute/server-update.saga.js';
import type { ConductorDeps } from './conductor.deps.js';

/** Every saga that a conductor can run, of all domains: a kind that is not here is done by nobody. */
export const SAGAS: readonly Saga<ConductorDeps>[] = [
  clusterProbe,
  flavorCreate,
  serverCreate,
  serverDelete,
  serverStart,
  serverStop,
  serverReboot,
  serverUpdate,
];

/** The domains of which `ULTRON_DOMAINS` may choose some. */
export const DOMAINS = ['cluster', 'network', 'compute'] as const;
export type Domain = (typeof DOMAINS)[number];
