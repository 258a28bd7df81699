import { describe, expect, it } from '@jest/globals';
import { networksProblems, pinsOf, type NetworksRequest, type ResolvedNic } from './nic-request.rules.js';

const pointers = (request: Partial<NetworksRequest>) =>
  networksProblems({ count: 1, ...request }).map(({ pointer }) => pointer);

describe('what is asked of networks', () => {
  it('is one logical network in short, or a list', () => {
    expect(pointers({ network: 'private' })).toEqual([]);
    expect(pointers({ networks: [{ vpc: 'a' }, { subnet: 'b' }, { network: 'c' }] })).toEqual([]);
    expect(pointers({})).toEqual(['/networks']);
    expect(pointers({ network: 'a', networks: [{ vpc: 'a' }] })).toEqual(['/network']);
    expect(pointers({ networks: [] })).toEqual(['/networks']);
    expect(pointers({ networks: Array.from({ length: 9 }, () => ({ vpc: 'a' })) })).toEqual(['/networks']);
  });

  it('names one thing for each of them', () => {
    expect(pointers({ networks: [{}] })).toEqual(['/networks/0']);
    expect(pointers({ networks: [{ vpc: 'a' }, { vpc: 'a', subnet: 'b' }] })).toEqual(['/networks/1/subnet']);
  });

  it('can be addresses: of a VPC, as many as servers, each once', () => {
    const fixedIps = ['11.0.0.9', '11.0.0.10'];
    expect(pointers({ count: 2, networks: [{ vpc: 'a', fixedIps }] })).toEqual([]);
    expect(pointers({ networks: [{ vpc: 'a', fixedIps }] })).toEqual(['/networks/0/fixed_ips']);
    expect(pointers({ count: 2, networks: [{ network: 'a', fixedIps }] })).toEqual(['/networks/0/fixed_ips']);
    expect(pointers({ count: 2, minCount: 1, networks: [{ vpc: 'a', fixedIps }] })).toEqual(['/min_count']);
    expect(pointers({ networks: [{ vpc: 'a', fixedIps: ['11.0.0.256'] }] })).toEqual([
      '/networks/0/fixed_ips/0',
    ]);
    const twice = [
      { vpc: 'a', fixedIps },
      { vpc: 'a', fixedIps: ['11.0.0.11', '11.0.0.9'] },
    ];
    expect(pointers({ count: 2, networks: twice })).toEqual(['/networks/1/fixed_ips/1']);
  });
});

describe('addresses that were asked for', () => {
  const nic = (...owners: string[]): ResolvedNic => ({
    vpc: { id: 'v', name: 'prod' },
    subnetId: null,
    name: 'VPC prod',
    fixed: owners.map((clusterId, i) => ({ address: `11.0.${i}.9`, pin: { clusterId, reason: '' } })),
  });

  it('bind each server to the cluster that has its address', () => {
    const pins = pinsOf(['s1', 's2'], [nic('a', 'b'), nic('a', 'b')]);
    expect(pins instanceof Map && [...pins].map(([id, { clusterId }]) => [id, clusterId])).toEqual([
      ['s1', 'a'],
      ['s2', 'b'],
    ]);
  });

  it('of different clusters cannot be had by one server', () => {
    expect(pinsOf(['s1', 's2'], [nic('a', 'b'), nic('a', 'a')])).toEqual({
      disagree: { server: 1, first: '11.0.1.9', second: '11.0.1.9' },
    });
  });
});
