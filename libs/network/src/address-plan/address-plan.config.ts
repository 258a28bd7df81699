import type { PrefixPolicy } from './pool/pool.rules.js';
import { DEFAULT_PREFIXES } from './pool/pool.rules.js';
import { DEFAULT_FLOOR, type FloorPolicy } from './supplement/floor.rules.js';

/** What an operator may set; times are in seconds. */
export interface AddressPlanConfig {
  prefixes: PrefixPolicy;
  floor: FloorPolicy;
  /** How long a reservation holds without being renewed; longer than a task takes from one step to the next. */
  reservationS: number;
  /** How long an address rests before it is handed out again, so that caches of its old owner expire. */
  coolingS: number;
  /** How long a segment rests before another cluster may get it. */
  quarantineS: number;
}

export const DEFAULT_ADDRESS_PLAN: AddressPlanConfig = {
  prefixes: DEFAULT_PREFIXES,
  floor: DEFAULT_FLOOR,
  reservationS: 900,
  coolingS: 300,
  quarantineS: 300,
};

/** The token under which the configuration is injected. */
export const ADDRESS_PLAN_CONFIG = Symbol('AddressPlanConfig');
