import type { ServerSpec } from '@ultron/compute/server/server-spec.repository';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { ComputeDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';
import { keyPairName } from './owner-mark.rules.js';

/** The name of the server's key pair in its cluster, which gets the public key if it has not got it yet. */
export async function ensureKeyPair(
  deps: Pick<ComputeDeps, 'clouds'>,
  spec: ServerSpec,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!spec.keyPair) return undefined;
  const name = keyPairName(spec.keyPair.id);
  const { keypairs } = (await deps.clouds.get(spec.clusterId)).compute;
  const call = callOptions(signal);
  if (await keypairs.find(name, call)) return name;
  try {
    await keypairs.create({ name, publicKey: spec.keyPair.publicKey }, call);
  } catch (error) {
    // Another server of the same key pair was faster: its name is ours alone, so it is the same key.
    if (!(error instanceof OpenStackError) || error.kind !== 'conflict') throw error;
  }
  return name;
}
