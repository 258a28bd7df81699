import { Fault, type FieldFault } from '@ultron/kernel/fault';
import { parseAddress, parseBlock } from '../address-plan/block/block.js';
import type { NetworkNeed } from '../lifecycle/cluster-choice.rules.js';
import type { AddressPair } from './port.entity.js';
import type { PortIntent } from './port.repository.js';

/** As Neutron has it by default (`max_allowed_address_pair`, `neutron/conf/extensions/allowedaddresspairs.py`). */
export const MOST_ADDRESS_PAIRS = 10;

/** Unicast: the lowest bit of the first byte is not set. */
const MAC = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/;

/** All that is wrong with what is asked of a port, apart from the names it uses. */
export function portProblems(intent: PortIntent): FieldFault[] {
  const { allowedAddressPairs: pairs, portSecurityEnabled, securityGroups } = intent;
  const fields = pairs.flatMap((pair, i) => pairProblems(pair, `/allowed_address_pairs/${i}`));
  if (pairs.length > MOST_ADDRESS_PAIRS) {
    fields.push({
      pointer: '/allowed_address_pairs',
      detail: `a cluster takes at most ${MOST_ADDRESS_PAIRS} pairs for a port, not ${pairs.length}`,
    });
  }
  const twice = pairs.findIndex((pair, i) => pairs.findIndex((other) => isSamePair(other, pair)) < i);
  if (twice >= 0) {
    fields.push({ pointer: `/allowed_address_pairs/${twice}`, detail: 'the same pair stands there before' });
  }
  if (portSecurityEnabled === false && pairs.length > 0) {
    fields.push({
      pointer: '/allowed_address_pairs',
      detail: 'pairs are exceptions from port security, which is switched off: give none, or switch it on',
    });
  }
  if (portSecurityEnabled === false && (securityGroups?.length ?? 0) > 0) {
    fields.push({
      pointer: '/security_groups',
      detail: 'security groups need port security, which is switched off: give none, or switch it on',
    });
  }
  return fields;
}

function pairProblems(pair: AddressPair, pointer: string): FieldFault[] {
  const fields = addressProblems(pair.ip_address, `${pointer}/ip_address`);
  if (pair.mac_address !== undefined && !MAC.test(pair.mac_address.toLowerCase())) {
    fields.push({
      pointer: `${pointer}/mac_address`,
      detail: `'${pair.mac_address}' is no MAC address of one station`,
    });
  }
  return fields;
}

/** Nothing when the text is an address, or a block without host bits. */
function addressProblems(text: string, pointer: string): FieldFault[] {
  try {
    if (text.includes('/')) parseBlock(text, pointer);
    else parseAddress(text, pointer);
    return [];
  } catch (error) {
    if (error instanceof Fault) return error.fields;
    throw error;
  }
}

const isSamePair = (a: AddressPair, b: AddressPair): boolean =>
  a.ip_address === b.ip_address &&
  (a.mac_address ?? '').toLowerCase() === (b.mac_address ?? '').toLowerCase();

/** What the cluster must be able to do for such a port. */
export function needsOf(intent: Partial<PortIntent>): NetworkNeed[] {
  const needs: NetworkNeed[] = [];
  if (intent.qosPolicyId != null)
    needs.push({ capability: 'qos_bandwidth_limit', pointer: '/qos_policy_id' });
  if (intent.portSecurityEnabled != null)
    needs.push({ capability: 'port_security', pointer: '/port_security_enabled' });
  if (intent.allowedAddressPairs?.length)
    needs.push({ capability: 'allowed_address_pairs', pointer: '/allowed_address_pairs' });
  if (intent.securityGroups?.length)
    needs.push({ capability: 'security_groups', pointer: '/security_groups' });
  return needs;
}
