import { describe, expect, it } from '@jest/globals';
import { sortAnswer } from './sort.rules.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function sort(status: number, body: unknown, headers: Record<string, string> = {}) {
  return sortAnswer(status, headers, typeof body === 'string' ? body : JSON.stringify(body), NOW);
}

const nova = (name: string, code: number, message: string) => ({ [name]: { code, message } });
const neutron = (type: string, message: string, detail = '') => ({ NeutronError: { type, message, detail } });

describe('a quota that is used up', () => {
  it('is a 403 with words in Nova, while other 403s mean that one is not allowed', () => {
    const message = 'Quota exceeded for instances: Requested 1, but already used 10 of 10 instances';
    expect(sort(403, nova('forbidden', 403, message))).toMatchObject({
      kind: 'quota',
      code: 'forbidden',
      message,
    });
    const policy = "Policy doesn't allow os_compute_api:os-hypervisors:list to be performed.";
    expect(sort(403, nova('forbidden', 403, policy))).toMatchObject({ kind: 'auth' });
  });

  it('is a 409 OverQuota in Neutron, while other 409s are conflicts', () => {
    const over = neutron('OverQuota', "Quota exceeded for resources: ['port'].");
    expect(sort(409, over)).toMatchObject({ kind: 'quota', code: 'OverQuota' });
    for (const type of [
      'RevisionNumberConstraintFailed',
      'IpAddressInUse',
      'SecurityGroupInUse',
      'PortInUse',
    ]) {
      expect(sort(409, neutron(type, 'no'))).toMatchObject({ kind: 'conflict', code: type });
    }
  });

  it('is a 413 with "Retry-After: 0" in Cinder, which no waiting mends', () => {
    const body = nova(
      'overLimit',
      413,
      'VolumeSizeExceedsAvailableQuota: Requested volume exceeds allowed quota.',
    );
    const sorted = sort(413, body, { 'retry-after': '0' });
    expect(sorted).toMatchObject({ kind: 'quota', retryAfterMs: undefined });
  });
});

describe('throttling', () => {
  it('is a 429, or a 413 that says how long to wait', () => {
    expect(sort(429, 'slow down', { 'retry-after': '7' })).toMatchObject({
      kind: 'throttle',
      retryAfterMs: 7000,
    });
    expect(sort(429, '')).toMatchObject({ kind: 'throttle', retryAfterMs: undefined });
    expect(sort(413, '', { 'retry-after': '3' })).toMatchObject({ kind: 'throttle', retryAfterMs: 3000 });
    const overLimit = {
      overLimit: { code: 413, message: 'This request was rate-limited.', retryAfter: '12' },
    };
    expect(sort(413, overLimit)).toMatchObject({ kind: 'throttle', retryAfterMs: 12_000 });
  });

  it('is not a 413 without a wait: that request is too large for ever', () => {
    expect(sort(413, '<html><title>413 Request Entity Too Large</title></html>')).toMatchObject({
      kind: 'invalid',
    });
  });

  it('may give a date to wait for', () => {
    const header = { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' };
    expect(sort(503, '', header)).toMatchObject({ kind: 'outage', retryAfterMs: 30_000 });
    expect(sort(429, '', { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }).retryAfterMs).toBe(0);
    expect(sort(429, '', { 'retry-after': 'soon' }).retryAfterMs).toBeUndefined();
  });
});

describe('a lack of capacity', () => {
  it('is known by its words, whatever status they come with', () => {
    const message = 'No valid host was found. There are not enough hosts available.';
    expect(sort(400, nova('badRequest', 400, message)).kind).toBe('capacity');
    expect(sort(500, nova('computeFault', 500, message)).kind).toBe('capacity');
    expect(sort(409, nova('conflictingRequest', 409, 'NoValidHost')).kind).toBe('capacity');
  });

  it('is a network without addresses, too', () => {
    const message = 'No more IP addresses available on network 42.';
    expect(sort(409, neutron('IpAddressGenerationFailure', message))).toMatchObject({ kind: 'capacity' });
  });
});

describe('what Neutron says of networks', () => {
  it.each([
    [409, 'IpAddressInUse', 'conflict'],
    [409, 'IpAddressAlreadyAllocated', 'conflict'],
    [409, 'MacAddressInUse', 'conflict'],
    [409, 'GatewayConflictWithAllocationPools', 'conflict'],
    [409, 'OverlappingAllocationPools', 'conflict'],
    [409, 'SubnetInUse', 'conflict'],
    [409, 'NetworkInUse', 'conflict'],
    [409, 'PortInUse', 'conflict'],
    [409, 'ServicePortInUse', 'conflict'],
    [409, 'L3PortInUse', 'conflict'],
    [409, 'RouterInUse', 'conflict'],
    [409, 'RouterInterfaceInUseByFloatingIP', 'conflict'],
    [409, 'RouterExternalGatewayInUseByFloatingIp', 'conflict'],
    [409, 'FloatingIPPortAlreadyAssociated', 'conflict'],
    [409, 'QosPolicyInUse', 'conflict'],
    [409, 'QoSRulesConflict', 'conflict'],
    [412, 'RevisionNumberConstraintFailed', 'conflict'],
    [400, 'InvalidAllocationPool', 'invalid'],
    [400, 'OutOfBoundsAllocationPool', 'invalid'],
    [400, 'InvalidIpForSubnet', 'invalid'],
    [400, 'InvalidIpForNetwork', 'invalid'],
    [400, 'AllowedAddressPairExhausted', 'invalid'],
    [400, 'ExternalIpAddressExhausted', 'capacity'],
    [409, 'IpAddressGenerationFailure', 'capacity'],
    [409, 'OverQuota', 'quota'],
    [404, 'SubnetNotFound', 'gone'],
    [403, 'PolicyNotAuthorized', 'auth'],
  ])('%d %s is %s, and keeps its name', (status, type, kind) =>
    expect(sort(status, neutron(type, 'no'))).toMatchObject({ kind, code: type }),
  );

  it('a missing way for a floating IP is a conflict, although it comes as 404: nothing is gone', () => {
    const type = 'ExternalGatewayForFloatingIPNotFound';
    expect(sort(404, neutron(type, 'no way'))).toMatchObject({ kind: 'conflict', code: type });
  });
});

describe('the other statuses', () => {
  it.each([
    [400, 'invalid'],
    [401, 'auth'],
    [404, 'gone'],
    [405, 'invalid'],
    [406, 'invalid'],
    [408, 'outage'],
    [409, 'conflict'],
    [410, 'gone'],
    [412, 'conflict'],
    [415, 'invalid'],
    [422, 'invalid'],
    [423, 'conflict'],
    [500, 'outage'],
    [501, 'invalid'],
    [502, 'outage'],
    [503, 'outage'],
    [504, 'outage'],
    [507, 'capacity'],
  ])('%d is %s', (status, kind) => expect(sort(status, '').kind).toBe(kind));

  it('a 404 stays gone although its words speak of hosts', () => {
    expect(sort(404, nova('itemNotFound', 404, 'No valid host a was found')).kind).toBe('gone');
  });
});
