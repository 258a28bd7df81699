import type {
  SecurityGroupRuleCreateWire,
  SecurityGroupRuleListWire,
  SecurityGroupRuleResponseWire,
} from '@ultron/openstack/network/security-groups.wire';
import { bodyMember, isRecord } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, reply, tokenOf } from '../http/call.js';
import { formatCidr, parseCidr } from './address.rules.js';
import { defaultGroup, ruleRow } from './default-group.js';
import { checkQuota, findOwn, isAdmin } from './neutron.access.js';
import { badRequest, invalidInput, notFound } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import { ruleView } from './neutron.views.js';
import type { SecurityGroupRow, SecurityGroupRuleRow } from './network.store.js';

const FILTERS = [
  'id',
  'project_id',
  'security_group_id',
  'direction',
  'ethertype',
  'protocol',
  'remote_group_id',
  'remote_ip_prefix',
  'port_range_min',
  'port_range_max',
  'description',
  'revision_number',
] as const;
const PROTOCOLS = new Set([
  'ah',
  'dccp',
  'egp',
  'esp',
  'gre',
  'icmp',
  'icmpv6',
  'igmp',
  'ipip',
  'ospf',
  'pgm',
  'rsvp',
  'sctp',
  'tcp',
  'udp',
  'udplite',
  'vrrp',
]);
const WITH_PORTS = new Set(['dccp', 'sctp', 'tcp', 'udp', 'udplite', '6', '17', '33', '132', '136']);

/** `GET /v2.0/security-group-rules`. */
export function listRules(call: Call): Reply {
  defaultGroup(call.cluster, tokenOf(call).project?.id ?? '');
  const { items, links } = listBody(call, {
    collection: 'security_group_rules',
    table: call.cluster.network.rules,
    candidates: (asked) => {
      const groups = asked.query.getAll('security_group_id');
      return groups.length > 0
        ? groups.flatMap((id) => [...asked.cluster.network.rulesByGroup.get(id)])
        : undefined;
    },
    view: ruleView,
    filters: FILTERS,
  });
  return reply<SecurityGroupRuleListWire>(200, {
    security_group_rules: items,
    ...(links ? { security_group_rules_links: links } : {}),
  });
}

/** `GET /v2.0/security-group-rules/{id}`. */
export function showRule(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.rules);
  return reply<SecurityGroupRuleResponseWire>(200, {
    security_group_rule: pick(ruleView(call, row), call.query.getAll('fields')),
  });
}

/** `POST /v2.0/security-group-rules`, one or several; of several, all are made or none. */
export function createRules(call: Call): Reply {
  const body = call.body;
  if (!isRecord(body) || !Array.isArray(body['security_group_rules'])) {
    const [row] = makeAll(call, [
      bodyMember(call, 'security_group_rule') as unknown as SecurityGroupRuleCreateWire,
    ]);
    if (!row) throw new Error('no rule was made');
    return reply<SecurityGroupRuleResponseWire>(201, { security_group_rule: ruleView(call, row) });
  }
  const rows = makeAll(call, body['security_group_rules'] as SecurityGroupRuleCreateWire[]);
  return reply<SecurityGroupRuleListWire>(201, {
    security_group_rules: rows.map((row) => ruleView(call, row)),
  });
}

function makeAll(call: Call, given: SecurityGroupRuleCreateWire[]): SecurityGroupRuleRow[] {
  const { network } = call.cluster;
  const made: SecurityGroupRuleRow[] = [];
  for (const one of given) {
    const group = groupOf(call, one);
    checkQuota(call, 'security_group_rule', group.project_id, made.length + 1);
    const row = ruleRow(call.cluster, group, checked(call, one));
    refuseDuplicate(
      [...network.rulesByGroup.get(group.id), ...made.filter((rule) => rule.security_group_id === group.id)],
      row,
    );
    made.push(row);
  }
  for (const row of made) {
    network.rules.add(row);
    network.reviseGroup(row.security_group_id);
  }
  return made;
}

function groupOf(call: Call, given: SecurityGroupRuleCreateWire): SecurityGroupRow {
  const group = call.cluster.network.groups.get(given.security_group_id);
  const mine = group && (isAdmin(call) || group.project_id === tokenOf(call).project?.id);
  if (!group || !mine) throw notFound('security_groups', String(given.security_group_id));
  return group;
}

function checked(call: Call, given: SecurityGroupRuleCreateWire): Partial<SecurityGroupRuleRow> {
  const protocol = protocolOf(given.protocol);
  const min = given.port_range_min ?? null;
  const max = given.port_range_max ?? null;
  checkPorts(protocol, min, max);
  if (given.direction !== 'ingress' && given.direction !== 'egress')
    throw invalidInput(`'${String(given.direction)}' is not in ['ingress', 'egress']`);
  if (given.remote_group_id && given.remote_ip_prefix) {
    throw badRequest(
      'Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.',
      'SecurityGroupMultipleRemoteEntites',
    );
  }
  if (given.remote_group_id && !call.cluster.network.groups.get(given.remote_group_id))
    throw notFound('security_groups', given.remote_group_id);
  return {
    direction: given.direction,
    ethertype: given.ethertype ?? 'IPv4',
    protocol,
    port_range_min: min,
    port_range_max: max,
    remote_group_id: given.remote_group_id ?? null,
    description: given.description ?? '',
    ...prefixes(given.remote_ip_prefix ?? null),
  };
}

function prefixes(prefix: string | null) {
  if (prefix === null) return { remote_ip_prefix: null, normalized_cidr: null };
  const cidr = parseCidr(prefix.includes('/') ? prefix : `${prefix}/${prefix.includes(':') ? 128 : 32}`);
  if (!cidr) throw invalidInput(`'${prefix}' is not a valid CIDR`);
  return { remote_ip_prefix: prefix, normalized_cidr: formatCidr(cidr) };
}

function protocolOf(given: string | number | null | undefined): string | null {
  if (given === null || given === undefined || given === 'any') return null;
  const text = String(given).toLowerCase();
  const known = PROTOCOLS.has(text) || (/^\d{1,3}$/.test(text) && Number(text) <= 255);
  if (!known)
    throw badRequest(
      `Security group rule protocol ${text} not supported.`,
      'SecurityGroupRuleInvalidProtocol',
    );
  return text;
}

function checkPorts(protocol: string | null, min: number | null, max: number | null): void {
  if (min === null && max === null) return;
  if (protocol === null)
    throw badRequest(
      'Must also specify protocol if port range is given.',
      'SecurityGroupProtocolRequiredWithPorts',
    );
  if (!WITH_PORTS.has(protocol)) return;
  if (min === null || max === null || min > max)
    throw badRequest(
      'For TCP/UDP protocols, port_range_min must be <= port_range_max',
      'SecurityGroupInvalidPortRange',
    );
  for (const port of [min, max])
    if (port < 0 || port > 65535)
      throw badRequest(`Invalid value for port ${port}`, 'SecurityGroupInvalidPortValue');
}

const SAME = [
  'direction',
  'ethertype',
  'protocol',
  'port_range_min',
  'port_range_max',
  'remote_ip_prefix',
  'remote_group_id',
] as const;

function refuseDuplicate(held: SecurityGroupRuleRow[], row: SecurityGroupRuleRow): void {
  const twin = held.find((rule) => SAME.every((member) => rule[member] === row[member]));
  if (twin)
    throw new ApiError(
      409,
      `Security group rule already exists. Rule id is ${twin.id}.`,
      'SecurityGroupRuleExists',
    );
}

/** `DELETE /v2.0/security-group-rules/{id}`. */
export function deleteRule(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.rules);
  network.rules.remove(row);
  network.reviseGroup(row.security_group_id);
  return empty(204);
}
