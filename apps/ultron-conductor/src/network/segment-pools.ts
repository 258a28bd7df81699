import { Fault } from '@ultron/kernel/fault';
import {
  dhcpRanges,
  joinRanges,
  sameRanges,
  subtractRanges,
  usableRanges,
  type AddressRange,
} from '@ultron/network/realisation/allocation-pools.rules';
import type { SegmentSpec } from '@ultron/network/realisation/realisation.repository';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { Persist } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { clusterHas } from '../openstack/cluster-features.js';
import { ownerOf } from './plan-marks.rules.js';
import type { PlanDeps } from './plan.deps.js';

/** Somebody else changed the subnet while we did: it is read and changed again so often. */
const MOST_RACES = 5;

type Change = (pools: readonly AddressRange[]) => AddressRange[];

/** The addresses of the segment can be had of its Neutron subnet. What others did to the pools stays as it is. */
export function openPools(deps: PlanDeps, spec: SegmentSpec, subnetId: string, signal: AbortSignal) {
  const { infra, subnetBlock, block } = spec;
  const own = usableRanges(infra, subnetBlock, block);
  const kept = dhcpRanges(infra, subnetBlock, block);
  return changePools(deps, spec, subnetId, (pools) => joinRanges(subtractRanges(pools, kept), own), signal);
}

/** No address of the segment is handed out by Neutron any more. */
export function closePools(deps: PlanDeps, spec: SegmentSpec, subnetId: string, signal: AbortSignal) {
  const { infra, subnetBlock, block } = spec;
  const own = joinRanges(usableRanges(infra, subnetBlock, block), dhcpRanges(infra, subnetBlock, block));
  return changePools(deps, spec, subnetId, (pools) => subtractRanges(pools, own), signal);
}

async function changePools(
  deps: PlanDeps,
  spec: SegmentSpec,
  subnetId: string,
  change: Change,
  signal: AbortSignal,
): Promise<Persist> {
  const { subnets } = (await deps.clouds.get(spec.clusterId)).network;
  const conditional = await clusterHas(deps, spec.clusterId, 'revision_if_match');
  for (let race = 0; ; race++) {
    const seen = await subnets.get(subnetId, callOptions(signal));
    const wanted = change(seen.allocation_pools);
    if (sameRanges(wanted, seen.allocation_pools)) break;
    const revision = conditional ? seen.revision_number : undefined;
    try {
      await subnets.update(subnetId, { allocation_pools: wanted }, revision, callOptions(signal));
      break;
    } catch (error) {
      if (!wasChangedMeanwhile(error)) throw error;
      if (race >= MOST_RACES) throw busy(spec, error);
    }
  }
  return async (tx) => {
    // What is recorded is what Ultron set: a pool that was edited by hand goes on to differ from it, and to show.
    const rows = await deps.realisation.subnetsIn(tx, spec);
    const row = rows.find(({ ownerId }) => ownerId === ownerOf(spec));
    if (row) await deps.realisation.setPools(tx, row.ownerId, row.clusterId, change(row.allocationPools));
  };
}

function wasChangedMeanwhile(error: unknown): boolean {
  return error instanceof OpenStackError && error.status === 412
    ? true
    : error instanceof OpenStackError && error.code === 'RevisionNumberConstraintFailed';
}

function busy({ clusterName }: SegmentSpec, cause: unknown): Fault {
  return new Fault({
    code: 'subnet_changed_meanwhile',
    category: 'conflict',
    detail: `${clusterName}: somebody else keeps changing the subnet.`,
    retryable: true,
    whoCanFix: 'operator',
    cause,
  });
}
