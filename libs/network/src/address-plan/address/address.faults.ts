import { Fault } from '@ultron/kernel/fault';
import type { AllocationRequest } from './address.types.js';

export function tooFew({ clusterId, count, minCount }: AllocationRequest, free: number): Fault {
  return new Fault({
    code: 'cluster_addresses_exhausted',
    category: 'conflict',
    detail: `The cluster has ${free} free addresses in the VPC, ${minCount ?? count} are needed.`,
    // A supplement may bring more.
    retryable: true,
    extra: { cluster_id: clusterId, free, needed: minCount ?? count },
  });
}

export function lowWaterReached({ clusterId }: AllocationRequest, free: number, lowWater: number): Fault {
  return new Fault({
    code: 'cluster_addresses_low',
    category: 'conflict',
    detail: `The cluster has ${free} free addresses in the VPC; preemptible servers must leave it ${lowWater}.`,
    retryable: true,
    extra: { cluster_id: clusterId, free, low_water: lowWater },
  });
}

export function fixedOutside(address: string): Fault {
  return fixed(
    'fixed_address_outside',
    address,
    'lies in no segment that the cluster has in the VPC',
    'invalid',
  );
}

export function fixedTaken(address: string): Fault {
  return fixed('fixed_address_taken', address, 'is not free', 'conflict');
}

export function fixedCount({ count, fixed: given = [] }: AllocationRequest): Fault {
  return new Fault({
    code: 'fixed_addresses_count',
    category: 'invalid',
    detail: `${count} addresses are wanted, but ${new Set(given).size} different ones are named.`,
  });
}

export function countInvalid(): Fault {
  return new Fault({
    code: 'address_count_invalid',
    category: 'invalid',
    detail: 'The count is a whole number from 1 on, and min_count one from 1 to the count.',
  });
}

export function reservationLost(): Fault {
  return new Fault({
    code: 'address_reservation_lost',
    category: 'conflict',
    detail: 'An address is not reserved any more, or has another port; nothing was bound.',
  });
}

function fixed(code: string, address: string, what: string, category: 'invalid' | 'conflict'): Fault {
  return new Fault({ code, category, detail: `${address} ${what}.`, extra: { address } });
}
