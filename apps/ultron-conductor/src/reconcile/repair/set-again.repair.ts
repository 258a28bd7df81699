import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { holds } from '@ultron/reconcile/compare/compare.rules';
import { clusterHas } from '../../openstack/cluster-features.js';
import { sendToNeutron } from './neutron-call.js';
import { type FreshLook, lookAt } from './network-thing.js';
import {
  changedMeanwhile,
  mended,
  moot,
  type Repair,
  type RepairScene,
  subjectBusy,
  wishOf,
  wordFor,
} from './repair.js';

/** Sets what the finding names of a thing of Neutron as it was asked for, unless it was changed since it was looked at. */
export const setAgain: Repair = async (scene) => {
  const { finding, recipe } = scene;
  const what = wordFor(finding);
  const wish = await wishOf(scene);
  if (!wish) return moot(`there is no such ${what} any more`);
  if (wish.busy) throw subjectBusy(`the ${what}, or what it hangs on`);
  const look = await lookAt(scene, wish.openstackId);
  if (!look) return moot('the cluster does not have it any more');
  if (wish.expected.every((expected) => holds(expected, look.seen))) return moot('they agree');
  const revision = await revisionOf(scene, look);
  for (const request of recipe.callsOf(wish)) await unlessChanged(sendToNeutron(scene, request, revision));
  return mended(`${wish.fields.join(', ')} of the ${what} were set again`);
};

/** The change is refused by Neutron when somebody was quicker, where the cluster understands that. */
async function revisionOf(
  { deps, place }: RepairScene,
  { revision }: FreshLook,
): Promise<number | undefined> {
  const understood = await clusterHas(deps, place.id, 'revision_if_match');
  return understood ? (revision ?? undefined) : undefined;
}

/**
 * Another change since it was read, or our own whose answer got lost and which was sent again: the next try reads anew,
 * and may find that all is well.
 */
async function unlessChanged<T>(change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof OpenStackError && error.status === 412) throw changedMeanwhile(error.message);
    throw error;
  }
}
