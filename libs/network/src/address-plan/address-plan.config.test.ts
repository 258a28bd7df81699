import { describe, expect, it } from '@jest/globals';
import { addressPlanConfig, DEFAULT_ADDRESS_PLAN } from './address-plan.config.js';

describe('the configuration of the plan', () => {
  it('is the usual one when nothing is said', () => {
    expect(addressPlanConfig({})).toEqual(DEFAULT_ADDRESS_PLAN);
  });

  it('takes what is said', () => {
    expect(
      addressPlanConfig({
        ULTRON_ADDRESS_POOL_CIDR: '10.0.0.0/8',
        ULTRON_ADDRESS_VPC_PREFIX: '18',
        ULTRON_ADDRESS_LOW_WATER: '8',
        ULTRON_ADDRESS_COOLING_S: '30',
        ULTRON_ADDRESS_QUOTA: '500',
      }),
    ).toMatchObject({
      poolCidr: '10.0.0.0/8',
      prefixes: { vpc: 18, subnet: 22, segment: 25 },
      floor: { leastFree: 8 },
      coolingS: 30,
      quota: 500,
    });
  });

  it('names all that is wrong at once, and a pool that does not fit together', () => {
    const wrong = { ULTRON_ADDRESS_LOW_WATER: '-1', ULTRON_ADDRESS_RESERVATION_S: '0' };
    expect(() => addressPlanConfig(wrong)).toThrow(/LOW_WATER[^]*RESERVATION_S/);
    expect(() => addressPlanConfig({ ULTRON_ADDRESS_POOL_CIDR: '10.1.0.0/8' })).toThrow('host bits');
    expect(() => addressPlanConfig({ ULTRON_ADDRESS_SUBNET_PREFIX: '16' })).toThrow('do not fit');
  });
});
