import { FLAVOR_TASK, type FlavorCreateInput } from '@ultron/compute/flavor/flavor-task';
import type { Flavor } from '@ultron/compute/flavor/flavor.entity';
import { sizeDifference } from '@ultron/compute/flavor/flavor.rules';
import { COMPUTE_DOMAIN } from '@ultron/compute/server/server-task';
import { Fault } from '@ultron/kernel/fault';
import type { FlavorWire } from '@ultron/openstack/compute/flavors.wire';
import { done, NOTHING, saga, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import type { ComputeDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';

type Step = StepContext<ComputeDeps, FlavorCreateInput, object>;

/** Makes a flavor in one cluster, or takes the one of its name that is there. Names of flavors are unique in Nova. */
export const flavorCreate = saga<ComputeDeps, FlavorCreateInput>(FLAVOR_TASK.create, COMPUTE_DOMAIN)
  .step('flavor', { do: ensureFlavor, undo: NOTHING })
  .ends();

async function ensureFlavor({ deps, input, signal }: Step): Promise<StepResult<{ openstack_id: string }>> {
  const flavor = await deps.flavors.find(deps.database.read, input.flavor_id);
  if (!flavor) throw vanished(input.flavor_id);
  const { flavors } = (await deps.clouds.get(input.cluster_id)).compute;
  const call = callOptions(signal);
  const existing = (await flavors.list({}, call).all()).find((candidate) => candidate.name === flavor.name);
  const { name, vcpus, ramMb: ram, diskGb: disk } = flavor;
  const found = existing ?? (await flavors.create({ name, vcpus, ram, disk }, call));
  requireSameSize(flavor, found);
  const shown = { openstackId: found.id, name, vcpus, ramMb: ram, diskGb: disk, fits: null };
  return done({ openstack_id: found.id }, (tx) => deps.flavors.map(tx, input.cluster_id, flavor.id, shown));
}

function requireSameSize(flavor: Flavor, found: FlavorWire): void {
  const difference = sizeDifference({ vcpus: found.vcpus, ramMb: found.ram, diskGb: found.disk }, flavor);
  if (difference === null) return;
  throw new Fault({
    code: 'flavor_differs',
    category: 'conflict',
    detail: `The cluster has a flavor '${flavor.name}' already, and ${difference}.`,
    whoCanFix: 'operator',
  });
}

const vanished = (id: string) =>
  new Fault({
    code: 'flavor_not_found',
    category: 'not_found',
    detail: `There is no flavor ${id} any more.`,
  });
