import { Env } from '@ultron/platform/config/env';
import { checkPrefixes, DEFAULT_POOL_CIDR, DEFAULT_PREFIXES, type PrefixPolicy } from './pool/pool.rules.js';
import { parseBlock } from './block/block.js';
import { DEFAULT_FLOOR, type FloorPolicy } from './supplement/floor.rules.js';

/** What an operator may set; times are in seconds. */
export interface AddressPlanConfig {
  /** The pool that is made when a VPC is asked for and no pool was named. */
  poolCidr: string;
  prefixes: PrefixPolicy;
  floor: FloorPolicy;
  /** How long a reservation holds without being renewed; longer than a task takes from one step to the next. */
  reservationS: number;
  /** How long an address rests before it is handed out again, so that caches of its old owner expire. */
  coolingS: number;
  /** How long a segment rests before another cluster may get it. */
  quarantineS: number;
  /** How long a segment that was just dealt stays where it is while nobody waits for it. */
  coolDownS: number;
  /** Over what time the rate is smoothed at which a cluster uses up addresses. */
  rateWindowS: number;
  /** How long a cluster waits in line for addresses without anybody asking for it again. */
  waitS: number;
  /** How long a cluster below its low-water mark has waited when it counts as one whose requests wait. */
  ageingS: number;
  /** Addresses that the servers of a project may hold where no quota is set for it; null: any number. */
  quota: number | null;
}

export const DEFAULT_ADDRESS_PLAN: AddressPlanConfig = {
  poolCidr: DEFAULT_POOL_CIDR,
  prefixes: DEFAULT_PREFIXES,
  floor: DEFAULT_FLOOR,
  reservationS: 900,
  coolingS: 300,
  quarantineS: 300,
  coolDownS: 600,
  // As long as the horizon: what was used within the last hour is what the next one is given.
  rateWindowS: 3600,
  waitS: 600,
  ageingS: 300,
  quota: null,
};

/** The token under which the configuration is injected. */
export const ADDRESS_PLAN_CONFIG = Symbol('AddressPlanConfig');

const DAY_S = 86_400;
const MOST_ADDRESSES = 1 << 24;

/**
 * The configuration of the plan from the environment (`ULTRON_ADDRESS_…`).
 * @throws ConfigError, and Fault `cidr_…` or `prefixes_invalid` where the pool does not fit together
 */
export function addressPlanConfig(variables: NodeJS.ProcessEnv = process.env): AddressPlanConfig {
  const env = new Env(variables);
  const usual = DEFAULT_ADDRESS_PLAN;
  const prefix = (name: string, value: number) =>
    env.integer(`ULTRON_ADDRESS_${name}_PREFIX`, { min: 1, max: 32 }, { default: value });
  const seconds = (name: string, value: number, min = 0) =>
    env.integer(`ULTRON_ADDRESS_${name}_S`, { min, max: 30 * DAY_S }, { default: value });
  const count = (name: string, value: number) =>
    env.integer(`ULTRON_ADDRESS_${name}`, { min: 0, max: MOST_ADDRESSES }, { default: value });
  const quota = count('QUOTA', 0);
  const config: AddressPlanConfig = {
    poolCidr: env.text('ULTRON_ADDRESS_POOL_CIDR', { default: usual.poolCidr }),
    prefixes: {
      vpc: prefix('VPC', usual.prefixes.vpc),
      subnet: prefix('SUBNET', usual.prefixes.subnet),
      segment: prefix('SEGMENT', usual.prefixes.segment),
    },
    floor: {
      leastFree: count('LOW_WATER', usual.floor.leastFree),
      leadTimeS: seconds('LEAD_TIME', usual.floor.leadTimeS),
      horizonS: seconds('HORIZON', usual.floor.horizonS),
    },
    reservationS: seconds('RESERVATION', usual.reservationS, 1),
    coolingS: seconds('COOLING', usual.coolingS),
    quarantineS: seconds('QUARANTINE', usual.quarantineS),
    coolDownS: seconds('COOL_DOWN', usual.coolDownS),
    rateWindowS: seconds('RATE_WINDOW', usual.rateWindowS, 1),
    waitS: seconds('WAIT', usual.waitS, 1),
    ageingS: seconds('AGEING', usual.ageingS),
    quota: quota === 0 ? null : quota,
  };
  env.finish();
  checkPrefixes(parseBlock(config.poolCidr, 'ULTRON_ADDRESS_POOL_CIDR'), config.prefixes);
  return config;
}
