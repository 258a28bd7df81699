import { isKnown } from '@ultron/openstack/compute/servers';
import { leftOverKind } from '@ultron/reconcile/compare/compare.rules';
import { SERVER_MARK } from '@ultron/reconcile/intent/server.source';
import { removeServer } from '../../compute/server-removal.js';
import { lookAt } from './network-thing.js';
import { sendToNeutron } from './neutron-call.js';
import {
  cellDown,
  mended,
  moot,
  notOurs,
  type Repair,
  type RepairScene,
  subjectBusy,
  wishOf,
  wordFor,
} from './repair.js';

/** Deletes a server that bears our mark and serves nothing: never on the word of the finding alone. */
export const deleteServer: Repair = async (scene) => {
  const { deps, cloud, call, signal, place } = scene;
  const id = subjectIdOf(scene);
  const server = await cloud.compute.servers.find(id, call);
  if (!server || server.status === 'DELETED') {
    if (scene.tries === 0) return moot('the cluster does not have it any more');
    return mended(`server ${id} was deleted`);
  }
  // In a cell that is down nothing tells whose it is.
  if (!isKnown(server)) throw cellDown(id);
  const mark = await requireLeftOver(scene, server.metadata?.[SERVER_MARK] ?? null);
  const where = { id: mark, name: server.name, clusterId: place.id };
  // Where Nova keeps deleted servers for a while, this asks once more, and by force.
  const left = await removeServer(deps, where, id, signal);
  return left ? { kind: 'wait', condition: left } : mended(`server ${id} was deleted`);
};

/** The same for things of Neutron. */
export const deleteMarked: Repair = async (scene) => {
  const { finding, recipe } = scene;
  const id = subjectIdOf(scene);
  const [wish, look] = [await wishOf(scene), await lookAt(scene, id)];
  if (!wish || !look) return moot('the cluster does not have it any more');
  if (finding.subjectKind === 'port' && look.seen.inUse) return moot('it hangs on something now');
  await requireLeftOver(scene, look.seen.mark);
  for (const request of recipe.callsOf(wish)) await sendToNeutron(scene, request);
  return mended(`${wordFor(finding)} ${id} was deleted`);
};

/**
 * The thing bears the mark that it was found with, and our rows say of the owner what they said then: it is dead, or has
 * another such thing already. Nobody is at work on the owner. Returns the mark.
 */
async function requireLeftOver(scene: RepairScene, mark: string | null): Promise<string> {
  const { deps, finding, place } = scene;
  const [kind, openstackId] = [finding.subjectKind, subjectIdOf(scene)];
  const what = `${wordFor(finding)} ${openstackId}`;
  if (mark === null || mark !== ownerIn(finding.evidence)) throw notOurs(what);
  const thing = { clusterId: place.id, kind, openstackId };
  const owner = await deps.repairFacts.owner(deps.database.read, thing, mark);
  if (!owner || owner.claimed || leftOverKind(thing, owner) !== finding.kind) throw notOurs(what);
  if (owner.busy) throw subjectBusy(`its owner ${mark}`);
  return mark;
}

/** What is deleted in a cluster is OpenStack's id; such findings have it as their subject. */
const subjectIdOf = ({ finding }: RepairScene): string => finding.openstackId ?? finding.subjectId;

function ownerIn({ owner }: Record<string, unknown>): string | null {
  return owner !== null && typeof owner === 'object' && 'id' in owner && typeof owner.id === 'string'
    ? owner.id
    : null;
}
