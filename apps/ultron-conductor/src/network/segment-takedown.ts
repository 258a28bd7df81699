import type { SegmentSpec } from '@ultron/network/realisation/realisation.repository';
import type { Persist } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { ownerOf, subnetMark } from './plan-marks.rules.js';
import { knownSubnet } from './segment-subnet.js';
import type { PlanDeps } from './plan.deps.js';

/**
 * Deletes the Neutron subnet in which the segment is, and any other that bears its mark. One that is in use is refused by
 * Neutron (kind `conflict`), except for ports of its own.
 */
export async function removeSubnets(
  deps: PlanDeps,
  spec: SegmentSpec,
  signal: AbortSignal,
): Promise<Persist> {
  const { subnets } = (await deps.clouds.get(spec.clusterId)).network;
  const known = await knownSubnet(deps, spec);
  const marked = await subnets.list({ name: subnetMark(spec) }, callOptions(signal)).all();
  const ids = new Set([...(known === null ? [] : [known]), ...marked.map(({ id }) => id)]);
  for (const id of ids) await subnets.delete(id, callOptions(signal));
  return (tx) => deps.realisation.forgetSubnet(tx, ownerOf(spec), spec.clusterId);
}
