import type { CallOptions } from '@ultron/openstack/call';
import type { Cloud } from '@ultron/openstack/cloud';
import { isKnown } from '@ultron/openstack/compute/servers';
import { SERVER_MARK } from '@ultron/reconcile/intent/server.source';
import { cellDown } from './repair/repair.js';

/** A server of the cluster, and the row of ours whose mark it gets, or loses. */
export interface Marked {
  openstackId: string;
  resourceId: string;
}

export async function putMark(
  { compute }: Cloud,
  { openstackId, resourceId }: Marked,
  call: CallOptions,
): Promise<void> {
  await compute.servers.setMetadata(openstackId, { [SERVER_MARK]: resourceId }, call);
}

/** A mark that names another row is not ours to take away. */
export async function takeMark(cloud: Cloud, marked: Marked, call: CallOptions): Promise<void> {
  if (await bearsMark(cloud, marked, call))
    await cloud.compute.servers.deleteMetadataKey(marked.openstackId, SERVER_MARK, call);
}

/** The mark is back, unless the server is gone. */
export async function putMarkBack(cloud: Cloud, marked: Marked, call: CallOptions): Promise<void> {
  if ((await bearsMark(cloud, marked, call)) === false) await putMark(cloud, marked, call);
}

/** Null when there is no such server any more. */
async function bearsMark(
  { compute }: Cloud,
  { openstackId, resourceId }: Marked,
  call: CallOptions,
): Promise<boolean | null> {
  const server = await compute.servers.find(openstackId, call);
  if (!server || server.status === 'DELETED') return null;
  if (!isKnown(server)) throw cellDown(openstackId);
  return server.metadata?.[SERVER_MARK] === resourceId;
}
