import { ApiError } from '../http/call.js';

/** Errors as Neutron words them (`neutron_lib/exceptions`). */
export const badRequest = (message: string, type = 'HTTPBadRequest'): ApiError =>
  new ApiError(400, message, type);
export const invalidInput = (what: string): ApiError =>
  badRequest(`Invalid input for operation: ${what}.`, 'InvalidInput');

const NOT_FOUND: Record<string, [type: string, label: string]> = {
  networks: ['NetworkNotFound', 'Network'],
  subnets: ['SubnetNotFound', 'Subnet'],
  ports: ['PortNotFound', 'Port'],
  security_groups: ['SecurityGroupNotFound', 'Security group'],
  routers: ['RouterNotFound', 'Router'],
  floatingips: ['FloatingIPNotFound', 'Floating IP'],
  policies: ['QosPolicyNotFound', 'QoS policy'],
  security_group_rules: ['SecurityGroupRuleNotFound', 'Security group rule'],
};

export function notFound(collection: string, id: string): ApiError {
  const [type, label] = NOT_FOUND[collection] ?? ['NotFound', 'Resource'];
  const verb = collection.startsWith('security') ? `does not exist` : 'could not be found.';
  return new ApiError(404, `${label} ${id} ${verb}`, type);
}

export const overQuota = (resource: string): ApiError =>
  new ApiError(409, `Quota exceeded for resources: ['${resource}'].`, 'OverQuota');

/** What Neutron says of an explicit address that is taken (`neutron/ipam/exceptions.py`). */
export const addressInUse = (subnetId: string, address: string): ApiError =>
  new ApiError(
    409,
    `IP address ${address} already allocated in subnet ${subnetId}`,
    'IpAddressAlreadyAllocated',
  );

/** `neutron_lib.exceptions.BadRequest`, which names the resource in its message. */
export const badResource = (resource: string, message: string): ApiError =>
  badRequest(`Bad ${resource} request: ${message}.`, 'BadRequest');

export const inUse = (message: string, type: string): ApiError => new ApiError(409, message, type);

export const forbidden = (rule: string): ApiError =>
  new ApiError(403, `(rule:${rule} and rule:${rule}) is disallowed by policy`, 'PolicyNotAuthorized');
