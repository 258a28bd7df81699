import { randomUUID } from 'node:crypto';
import type {
  BandwidthLimitRuleListWire,
  BandwidthLimitRuleResponseWire,
  BandwidthLimitRuleWire,
} from '@ultron/openstack/network/qos-policies.wire';
import { bodyMember } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, param, reply } from '../http/call.js';
import { findOwn } from './neutron.access.js';
import { badRequest } from './neutron.errors.js';
import type { QosPolicyRow } from './network.store.js';
import { requireAdmin } from './qos-policies.handlers.js';

const policyOf = (call: Call): QosPolicyRow =>
  findOwn(call, call.cluster.network.policies, (row) => row.shared);

/** `GET /v2.0/qos/policies/{id}/bandwidth_limit_rules`. */
export function listLimits(call: Call): Reply {
  const row = policyOf(call);
  return reply<BandwidthLimitRuleListWire>(200, {
    bandwidth_limit_rules: row.bandwidthLimits,
  });
}

/** `GET /v2.0/qos/policies/{id}/bandwidth_limit_rules/{rule}`. */
export function showLimit(call: Call): Reply {
  return reply<BandwidthLimitRuleResponseWire>(200, { bandwidth_limit_rule: ruleOf(call, policyOf(call)) });
}

/** `POST /v2.0/qos/policies/{id}/bandwidth_limit_rules` (administrators): one rule per direction. */
export function createLimit(call: Call): Reply {
  const row = policyOf(call);
  requireAdmin(call, 'create_policy_bandwidth_limit_rule');
  const given = bodyMember(call, 'bandwidth_limit_rule');
  checkValues(given);
  if (given['max_kbps'] === undefined)
    throw badRequest("Failed to parse request. Required attribute 'max_kbps' not specified");
  const rule = changed({ id: randomUUID(), max_kbps: 0, max_burst_kbps: 0, direction: 'egress' }, given);
  refuseSecond(row, rule);
  row.bandwidthLimits.push(rule);
  revise(call, row);
  return reply<BandwidthLimitRuleResponseWire>(201, { bandwidth_limit_rule: rule });
}

/** `PUT /v2.0/qos/policies/{id}/bandwidth_limit_rules/{rule}` (administrators). */
export function updateLimit(call: Call): Reply {
  const row = policyOf(call);
  const rule = ruleOf(call, row);
  requireAdmin(call, 'update_policy_bandwidth_limit_rule');
  const given = bodyMember(call, 'bandwidth_limit_rule');
  checkValues(given);
  const next = changed(rule, given);
  refuseSecond(row, next);
  row.bandwidthLimits = row.bandwidthLimits.map((one) => (one.id === rule.id ? next : one));
  revise(call, row);
  return reply<BandwidthLimitRuleResponseWire>(200, { bandwidth_limit_rule: next });
}

/** `DELETE /v2.0/qos/policies/{id}/bandwidth_limit_rules/{rule}` (administrators). */
export function deleteLimit(call: Call): Reply {
  const row = policyOf(call);
  const rule = ruleOf(call, row);
  requireAdmin(call, 'delete_policy_bandwidth_limit_rule');
  row.bandwidthLimits = row.bandwidthLimits.filter((one) => one.id !== rule.id);
  revise(call, row);
  return empty(204);
}

function ruleOf(call: Call, row: QosPolicyRow): BandwidthLimitRuleWire {
  const id = param(call, 'rule');
  const rule = row.bandwidthLimits.find((one) => one.id === id);
  if (rule) return rule;
  throw new ApiError(404, `QoS rule ${id} for policy ${row.id} could not be found.`, 'QosRuleNotFound');
}

function changed(rule: BandwidthLimitRuleWire, given: Record<string, unknown>): BandwidthLimitRuleWire {
  const kbps = (name: 'max_kbps' | 'max_burst_kbps') => Number(given[name] ?? rule[name]);
  const direction = given['direction'] ?? rule.direction;
  return {
    ...rule,
    max_kbps: kbps('max_kbps'),
    max_burst_kbps: kbps('max_burst_kbps'),
    direction: direction === 'ingress' ? 'ingress' : 'egress',
  };
}

const KNOWN = new Set(['max_kbps', 'max_burst_kbps', 'direction', 'tenant_id', 'project_id']);
const MOST = 2 ** 31 - 1;

function checkValues(given: Record<string, unknown>): void {
  const unknown = Object.keys(given).find((name) => !KNOWN.has(name));
  if (unknown) throw badRequest(`Unrecognized attribute(s) '${unknown}'`);
  for (const name of ['max_kbps', 'max_burst_kbps']) {
    const value = given[name];
    if (value === undefined) continue;
    const number = Number(value);
    if (!Number.isInteger(number) || number < 0 || number > MOST)
      throw badRequest(`Invalid input for ${name}. Reason: '${String(value)}' is not a valid number.`);
  }
  const { direction } = given;
  if (direction !== undefined && direction !== 'egress' && direction !== 'ingress')
    throw badRequest(`Invalid input for direction. Reason: ${String(direction)} is not in valid_values.`);
}

function refuseSecond(row: QosPolicyRow, rule: BandwidthLimitRuleWire): void {
  const other = row.bandwidthLimits.find((one) => one.id !== rule.id && one.direction === rule.direction);
  if (!other) return;
  throw new ApiError(
    409,
    `Rule bandwidth_limit conflicts with rule ${other.id} which already exists in QoS Policy ${row.id}.`,
    'QoSRulesConflict',
  );
}

function revise(call: Call, row: QosPolicyRow): void {
  call.cluster.network.touch(row);
  call.cluster.network.policies.changed(row);
}
