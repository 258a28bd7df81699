import { Inject, Injectable } from '@nestjs/common';
import type { Pin } from '@ultron/cluster/scheduler/placement';
import { Fault, type FieldFault } from '@ultron/kernel/fault';
import { formatAddress, formatBlock, holds, parseAddress } from '@ultron/network/address-plan/block/block';
import { COMING } from '@ultron/network/address-plan/segment/segment.state';
import { VpcPlanRepository, type VpcPlan } from '@ultron/network/address-plan/vpc/vpc-plan.repository';
import { PortPlaceRepository, type PlaceVpc } from '@ultron/network/port/port-place.repository';
import { Database } from '@ultron/platform/database/database.service';
import { unknownName } from '../offer/known-names.rules.js';
import type { Offer } from '../offer/offer.js';
import { nicsOf, type NetworksRequest, type NicRequest, type ResolvedNic } from './nic-request.rules.js';

interface Asked {
  nic: NicRequest;
  pointer: string;
}

/** Finds the networks that a request names. Nothing is locked: what changes meanwhile shows when addresses are taken. */
@Injectable()
export class NicFinder {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PortPlaceRepository) private readonly places: PortPlaceRepository,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
  ) {}

  /**
   * The networks, or what is wrong with their names.
   * @throws Fault `fixed_address_outside` (422, each field): no cluster has such an address of the VPC or subnet
   */
  async find(
    request: NetworksRequest,
    projectId: string,
    offer: Offer,
  ): Promise<ResolvedNic[] | FieldFault[]> {
    const found: ResolvedNic[] = [];
    const fields: FieldFault[] = [];
    for (const asked of nicsOf(request)) {
      const one = await this.findOne(asked, projectId, offer);
      if ('detail' in one) fields.push(one);
      else found.push(one);
    }
    return fields.length > 0 ? fields : found;
  }

  private async findOne(asked: Asked, projectId: string, offer: Offer): Promise<ResolvedNic | FieldFault> {
    const { nic, pointer } = asked;
    if (nic.network !== undefined) {
      const network = offer.networks.find(nic.network);
      if (network) return { network };
      const detail = unknownName('network', nic.network, offer.networks.names());
      return { pointer: `${pointer}/network`, detail };
    }
    const vpc = await this.findVpc(asked, projectId);
    if ('detail' in vpc) return vpc;
    return this.inVpc(asked, vpc, offer);
  }

  private async findVpc(
    { nic: { vpc, subnet }, pointer }: Asked,
    projectId: string,
  ): Promise<PlaceVpc | FieldFault> {
    const { read } = this.database;
    if (subnet !== undefined) {
      const found = await this.places.findVpcOfSubnet(read, subnet);
      if (found?.projectId === projectId) return found;
      return { pointer: `${pointer}/subnet`, detail: `there is no subnet '${subnet}' in the project` };
    }
    const [found, another] = await this.places.findVpcs(read, vpc ?? '', projectId);
    if (!found) return { pointer: `${pointer}/vpc`, detail: `there is no VPC '${vpc}' in the project` };
    if (another) return { pointer: `${pointer}/vpc`, detail: `several VPCs are named '${vpc}': give the id` };
    return found;
  }

  private async inVpc({ nic, pointer }: Asked, vpc: PlaceVpc, offer: Offer): Promise<ResolvedNic> {
    const subnetId = nic.subnet ?? null;
    const known = { vpc: { id: vpc.id, name: vpc.name }, subnetId };
    if (subnetId === null && !nic.fixedIps) return { ...known, name: `VPC ${vpc.name}`, fixed: null };
    const plan = await this.plans.get(this.database.read, vpc.id);
    const subnet = plan.subnets.find(({ id }) => id === subnetId);
    const name = subnet ? `subnet ${formatBlock(subnet.block)} of VPC ${vpc.name}` : `VPC ${vpc.name}`;
    const fixed = nic.fixedIps?.map((text, i) =>
      pinOf(text, `${pointer}/fixed_ips/${i}`, plan, subnetId, name),
    );
    const wrong = fixed?.flatMap((one) => ('detail' in one ? [one] : [])) ?? [];
    if (wrong.length > 0) throw fixedOutside(wrong);
    return {
      ...known,
      name,
      fixed: fixed?.flatMap((one) => ('detail' in one ? [] : [named(one, offer)])) ?? null,
    };
  }
}

interface Pinned {
  address: string;
  clusterId: string;
}

/** The cluster that the address belongs to, or why no server can have it. */
function pinOf(
  text: string,
  pointer: string,
  plan: VpcPlan,
  subnetId: string | null,
  name: string,
): Pinned | FieldFault {
  const { family, address } = parseAddress(text, pointer);
  const subnet = plan.subnets.find(({ block }) => block.family === family && holds(block, address));
  if (!subnet || (subnetId !== null && subnet.id !== subnetId))
    return { pointer, detail: `${text} is no address of ${name}` };
  const segment = subnet.segments.find(({ block }) => holds(block, address));
  if (!segment || segment.clusterId === null)
    return { pointer, detail: `${text} lies in a part of ${name} that no cluster has at present` };
  if (segment.state !== 'active' && !COMING.has(segment.state)) {
    const detail = `${text} lies in a part of ${name} that is ${segment.state} and hands out no addresses`;
    return { pointer, detail };
  }
  return { address: formatAddress(family, address), clusterId: segment.clusterId };
}

function named({ address, clusterId }: Pinned, offer: Offer): { address: string; pin: Pin } {
  const owner = offer.clusters.get(clusterId)?.name ?? clusterId;
  return { address, pin: { clusterId, reason: `${address} belongs to ${owner}` } };
}

function fixedOutside(fields: FieldFault[]): Fault {
  return new Fault({
    code: 'fixed_address_outside',
    category: 'invalid',
    detail: fields.length === 1 ? (fields[0]?.detail ?? '') : `${fields.length} addresses cannot be had.`,
    fields,
  });
}
