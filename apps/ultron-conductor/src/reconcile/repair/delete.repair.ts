import { Fault } from '@ultron/kernel/fault';
import { isKnown } from '@ultron/openstack/compute/servers';
import { markOf } from '@ultron/reconcile/intent/intent.source';
import { SERVER_MARK } from '@ultron/reconcile/intent/server.source';
import { removeServer } from '../../compute/server-removal.js';
import { mended, moot, notOurs, type Repair, type RepairScene, subjectBusy } from './repair.js';

/** Deletes what bears our mark and serves nothing: never on the word of the finding alone. */
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
  const mark = server.metadata?.[SERVER_MARK];
  if (mark === undefined || mark !== ownerOf(scene)) throw notOurs(`Server ${id}`);
  await requireDead(scene, mark, id);
  const where = { id: mark, name: server.name, clusterId: place.id };
  const left = await removeServer(deps, where, id, signal);
  return left ? { kind: 'wait', condition: left } : mended(`server ${id} was deleted`);
};

export const deletePort: Repair = async (scene) => {
  const { cloud, call } = scene;
  const id = subjectIdOf(scene);
  const port = await cloud.network.ports.find(id, call);
  if (!port) return moot('the cluster does not have it any more');
  if (port.device_id !== '' || port.device_owner !== '') return moot('it hangs on something now');
  const mark = markOf({ name: port.name, fields: { tags: port.tags ?? [] } });
  if (mark === null || mark !== ownerOf(scene)) throw notOurs(`Port ${id}`);
  await requireDead(scene, mark, id);
  await cloud.network.ports.delete(id, call);
  return mended(`port ${id} was deleted`);
};

export const deleteRouter: Repair = (scene) => deleteNamed(scene, scene.cloud.network.routers, 'router');
export const deleteFloatingIp: Repair = async (scene) => {
  const { cloud, call } = scene;
  const id = subjectIdOf(scene);
  const ip = await cloud.network.floatingIps.find(id, call);
  if (!ip) return moot('the cluster does not have it any more');
  const mark = markOf({ name: ip.description ?? '', fields: { tags: ip.tags ?? [] } });
  if (mark === null || mark !== ownerOf(scene)) throw notOurs(`Floating IP ${id}`);
  await requireDead(scene, mark, id);
  await cloud.network.floatingIps.delete(id, call);
  return mended(`floating IP ${id} was deleted`);
};

interface Named {
  find(id: string, call: RepairScene['call']): Promise<{ name: string; tags?: string[] } | null>;
  delete(id: string, call: RepairScene['call']): Promise<boolean>;
}

async function deleteNamed(scene: RepairScene, things: Named, kind: string) {
  const id = subjectIdOf(scene);
  const found = await things.find(id, scene.call);
  if (!found) return moot('the cluster does not have it any more');
  const mark = markOf({ name: found.name, fields: { tags: found.tags ?? [] } });
  if (mark === null || mark !== ownerOf(scene)) throw notOurs(`${kind} ${id}`);
  await requireDead(scene, mark, id);
  await things.delete(id, scene.call);
  return mended(`${kind} ${id} was deleted`);
}

/** Our rows are asked as well: nobody is at work on the owner, and the thing is not what it has. */
async function requireDead(scene: RepairScene, mark: string, openstackId: string): Promise<void> {
  const { deps, finding, place } = scene;
  const facts = await deps.repairFacts.owner(
    deps.database.read,
    place.id,
    finding.subjectKind,
    mark,
    openstackId,
  );
  if (!facts.known || facts.claimed) throw notOurs(`${finding.subjectKind} ${openstackId}`);
  if (facts.busy) throw subjectBusy(`its owner ${mark}`);
}

/** What is deleted in a cluster is OpenStack's id; such findings have it as their subject. */
function subjectIdOf({ finding }: RepairScene): string {
  return finding.openstackId ?? finding.subjectId;
}

function ownerOf({ finding }: RepairScene): string | null {
  const owner = finding.evidence['owner'];
  return owner !== null && typeof owner === 'object' && 'id' in owner && typeof owner.id === 'string'
    ? owner.id
    : null;
}

/** It is tried again until the cell is back: nothing is over only because it cannot be seen. */
export const cellDown = (id: string): Fault =>
  new Fault({
    code: 'cluster_cell_down',
    category: 'unavailable',
    detail: `Server ${id} is in a cell that is down: nobody can tell whose it is.`,
  });
