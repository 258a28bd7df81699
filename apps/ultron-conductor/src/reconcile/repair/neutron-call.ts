import type { RepairCall } from '@ultron/reconcile/finding/repairs';
import { noRepair, type RepairScene } from './repair.js';

/** Sends a request just as the dry run shows it. */
export async function sendToNeutron(
  { cloud, call }: RepairScene,
  { service, method, path, body, if_match: ifMatch }: RepairCall,
  revision?: number,
): Promise<void> {
  if (service !== 'network' || method === 'POST') throw noRepair(`${method} ${path} of ${service}`);
  await cloud.network.send({ method, path, body }, ifMatch ? revision : undefined, call);
}
