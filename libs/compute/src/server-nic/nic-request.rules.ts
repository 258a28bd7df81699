import type { NeededResource, Pin } from '@ultron/cluster/scheduler/placement';
import { Fault, type FieldFault } from '@ultron/kernel/fault';
import { parseAddress } from '@ultron/network/address-plan/block/block';

/** A network that each server is to have; names are still names. */
export interface NicRequest {
  /** One of the three: a logical network or a VPC by name or id, or a subnet of a VPC by id. */
  network?: string | undefined;
  vpc?: string | undefined;
  subnet?: string | undefined;
  /** The address of the one server, or of each of several in their order. */
  fixedIps?: string[] | undefined;
}

/** The same, with everything found. */
export type ResolvedNic = LogicalNic | VpcNic;

export interface LogicalNic {
  network: NeededResource;
}

export interface VpcNic {
  vpc: { id: string; name: string };
  /** Only addresses of this subnet. */
  subnetId: string | null;
  /** As people know it: `VPC prod`. */
  name: string;
  /** These very addresses, one for each server in their order, and the cluster that each belongs to. */
  fixed: readonly { address: string; pin: Pin }[] | null;
}

export const isVpcNic = (nic: ResolvedNic): nic is VpcNic => 'vpc' in nic;

/** As many as Neutron and Nova are known to bear well on one server; each is a port to be made. */
export const MAX_NICS = 8;

const KINDS = ['network', 'vpc', 'subnet'] as const;

/** What a request says about networks: `network` is the short form of one logical network. */
export interface NetworksRequest {
  count: number;
  minCount?: number | undefined;
  network?: string | undefined;
  networks?: readonly NicRequest[] | undefined;
}

/** The networks asked for, and where each stands in the request. */
export function nicsOf({ network, networks }: NetworksRequest): { nic: NicRequest; pointer: string }[] {
  if (networks === undefined) return network === undefined ? [] : [{ nic: { network }, pointer: '' }];
  return networks.map((nic, i) => ({ nic, pointer: `/networks/${i}` }));
}

/** All that is wrong with them apart from the names they use. */
export function networksProblems(request: NetworksRequest): FieldFault[] {
  const { network, networks } = request;
  if (network === undefined && networks === undefined)
    return [{ pointer: '/networks', detail: 'a server needs a network: give `networks`, or `network`' }];
  if (network !== undefined && networks !== undefined)
    return [{ pointer: '/network', detail: 'give either `network` or `networks`, not both' }];
  const fields: FieldFault[] = [];
  if (networks && (networks.length === 0 || networks.length > MAX_NICS)) {
    const detail = `a server has 1 to ${MAX_NICS} networks, not ${networks.length}`;
    fields.push({ pointer: '/networks', detail });
  }
  for (const { nic, pointer } of nicsOf(request)) fields.push(...nicProblems(nic, pointer, request));
  return [...fields, ...sameTwice(request)];
}

function nicProblems(nic: NicRequest, pointer: string, { count, minCount }: NetworksRequest): FieldFault[] {
  const given = KINDS.filter((kind) => nic[kind] !== undefined);
  const fields: FieldFault[] = [];
  if (given.length !== 1) {
    const at = given[1] === undefined ? pointer : `${pointer}/${given[1]}`;
    fields.push({ pointer: at, detail: 'it is one of these: `vpc`, `subnet` or `network`' });
  }
  const { fixedIps } = nic;
  if (fixedIps === undefined) return fields;
  if (nic.network !== undefined) {
    const detail = 'addresses can be chosen in a VPC only; those of a logical network are its own choice';
    return [...fields, { pointer: `${pointer}/fixed_ips`, detail }];
  }
  if (fixedIps.length !== count) {
    const detail = `one address for each of the ${count} servers, not ${fixedIps.length}`;
    fields.push({ pointer: `${pointer}/fixed_ips`, detail });
  }
  if (minCount !== undefined && minCount < count) {
    const detail = 'with addresses of their own all servers must be made: leave it out, or the addresses';
    fields.push({ pointer: '/min_count', detail });
  }
  fixedIps.forEach((text, i) => fields.push(...addressProblems(text, `${pointer}/fixed_ips/${i}`)));
  return fields;
}

function addressProblems(text: string, pointer: string): FieldFault[] {
  try {
    parseAddress(text, pointer);
    return [];
  } catch (error) {
    if (error instanceof Fault) return error.fields;
    throw error;
  }
}

function sameTwice(request: NetworksRequest): FieldFault[] {
  const seen = new Set<string>();
  return nicsOf(request).flatMap(({ nic, pointer }) =>
    (nic.fixedIps ?? []).flatMap((text, i) => {
      const again = seen.has(text);
      seen.add(text);
      return again ? [{ pointer: `${pointer}/fixed_ips/${i}`, detail: `${text} is asked for twice` }] : [];
    }),
  );
}

/** By server id, the clusters that their addresses bind them to; null where addresses of one server do not agree. */
export function pinsOf(
  serverIds: readonly string[],
  nics: readonly ResolvedNic[],
): Map<string, Pin> | { disagree: { server: number; first: string; second: string } } {
  const pins = new Map<string, { pin: Pin; address: string }>();
  for (const nic of nics) {
    if (!isVpcNic(nic) || !nic.fixed) continue;
    for (const [server, { address, pin }] of nic.fixed.entries()) {
      const id = serverIds[server];
      if (id === undefined) continue;
      const before = pins.get(id);
      if (before && before.pin.clusterId !== pin.clusterId)
        return { disagree: { server, first: before.address, second: address } };
      pins.set(id, before ?? { pin, address });
    }
  }
  return new Map([...pins].map(([id, { pin }]) => [id, pin]));
}
