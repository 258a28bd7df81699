import type { AddressPairWire } from '@ultron/openstack/network/ports.wire';
import { isRecord } from '../http/body.js';
import { ApiError } from '../http/call.js';
import { parseAddress, parseCidr } from './address.rules.js';
import { badRequest, inUse } from './neutron.errors.js';

/** `max_allowed_address_pair`, as it is by default. */
const MAX_PAIRS = 10;

/** The pairs of a port, each with a MAC address: the port's own where none is given. */
export function pairsGiven(given: unknown, secure: boolean, mac: string): AddressPairWire[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw badRequest('Allowed address pairs must be a list.');
  if (given.length > MAX_PAIRS) {
    throw badRequest(
      `The number of allowed address pair exceeds the maximum ${MAX_PAIRS}.`,
      'AllowedAddressPairExhausted',
    );
  }
  if (given.length > 0 && !secure) {
    throw new ApiError(
      409,
      'Port Security must be enabled in order to have allowed address pairs on a port.',
      'AddressPairAndPortSecurityRequired',
    );
  }
  const pairs = given.map((pair) => pairOf(pair, mac));
  refuseTwice(pairs);
  return pairs;
}

function pairOf(given: unknown, mac: string): AddressPairWire {
  const pair = isRecord(given) ? given : {};
  const address = pair['ip_address'];
  if (address === undefined)
    throw badRequest('AllowedAddressPair must contain ip_address', 'AllowedAddressPairsMissingIP');
  const text = String(address);
  if (!(text.includes('/') ? parseCidr(text) : parseAddress(text))) {
    throw badRequest(`Invalid input for allowed_address_pairs. Reason: '${text}' is not a valid IP address.`);
  }
  return {
    ip_address: text,
    mac_address: typeof pair['mac_address'] === 'string' ? pair['mac_address'] : mac,
  };
}

function refuseTwice(pairs: AddressPairWire[]): void {
  const seen = new Set<string>();
  for (const { mac_address: mac, ip_address: ip } of pairs) {
    if (seen.has(`${mac} ${ip}`)) {
      throw badRequest(
        `Request contains duplicate address pair: mac_address ${mac} ip_address ${ip}.`,
        'DuplicateAddressPairInRequest',
      );
    }
    seen.add(`${mac} ${ip}`);
  }
}

/** Port security cannot be taken from a port that has groups or pairs. */
export function checkSecurityOff(groups: readonly string[], pairs: readonly unknown[]): void {
  if (pairs.length > 0) {
    throw new ApiError(
      409,
      'Port Security must be enabled in order to have allowed address pairs on a port.',
      'AddressPairAndPortSecurityRequired',
    );
  }
  if (groups.length > 0) {
    throw inUse(
      'Port has security group associated. Cannot disable port security or IP address until security group is removed.',
      'PortSecurityPortHasSecurityGroup',
    );
  }
}
