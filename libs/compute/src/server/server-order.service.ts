import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { Fault, type FieldFault } from '@ultron/kernel/fault';
import { NicFinder } from '../server-nic/nic-finder.js';
import { isVpcNic, networksProblems, pinsOf, type ResolvedNic } from '../server-nic/nic-request.rules.js';
import { Database } from '@ultron/platform/database/database.service';
import { KeyPairRepository } from '../key-pair/key-pair.repository.js';
import { unknownName } from '../offer/known-names.rules.js';
import type { Offer } from '../offer/offer.js';
import { OfferService } from '../offer/offer.service.js';
import { orderOf, type ServerOrder } from './server-draft.js';
import {
  invalidRequest,
  requestProblems,
  resolve,
  type ResolvedRequest,
  type ServerRequest,
} from './server.rules.js';

/** On whose behalf servers are made. */
export interface Origin {
  projectId: string;
  traceId: string;
  traceparent: string;
}

/** An order, and the offer it was taken by. */
export interface TakenOrder {
  order: ServerOrder;
  offer: Offer;
}

/** Takes requests for servers: checks them, finds what they name, and makes all choices that need no placement. */
@Injectable()
export class ServerOrderService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(OfferService) private readonly offers: OfferService,
    @Inject(KeyPairRepository) private readonly keyPairs: KeyPairRepository,
    @Inject(NicFinder) private readonly nics: NicFinder,
  ) {}

  /** By an offer that may be a second old. @throws Fault `invalid_body` (422) with all that is wrong. */
  async take(request: ServerRequest, origin: Origin): Promise<TakenOrder> {
    return this.takeBy(await this.offers.current(), request, origin);
  }

  /** By an offer that was just read. Throws as `take`. */
  async takeAnew(request: ServerRequest, origin: Origin): Promise<TakenOrder> {
    return this.takeBy(await this.offers.fresh(), request, origin);
  }

  private async takeBy(known: Offer, request: ServerRequest, origin: Origin): Promise<TakenOrder> {
    const problems = requestProblems(request);
    const { resolved, offer } = await this.resolve(request, known, origin.projectId);
    const keyPair = await this.findKeyPair(request.keyPair, origin.projectId);
    if (Array.isArray(resolved)) problems.push(...resolved);
    if (typeof keyPair === 'string') problems.push({ pointer: '/key_pair', detail: keyPair });
    if (problems.length || Array.isArray(resolved) || typeof keyPair === 'string')
      throw invalidRequest(problems);
    const order = orderOf({ ...origin, request, resolved, keyPairId: keyPair?.id ?? null });
    requireAgreement(order);
    return { order, offer };
  }

  /** A name that is not known may have become known within the last second: only a fresh offer refuses. */
  private async resolve(
    request: ServerRequest,
    known: Offer,
    projectId: string,
  ): Promise<{ resolved: ResolvedRequest | FieldFault[]; offer: Offer }> {
    const resolved = await this.resolveBy(request, known, projectId);
    if (!Array.isArray(resolved)) return { resolved, offer: known };
    const offer = await this.offers.fresh();
    return { resolved: await this.resolveBy(request, offer, projectId), offer };
  }

  private async resolveBy(
    request: ServerRequest,
    offer: Offer,
    projectId: string,
  ): Promise<ResolvedRequest | FieldFault[]> {
    const resolved = resolve(request, offer);
    // What is not well-formed is not looked for.
    const nics = networksProblems(request).length > 0 ? [] : await this.nics.find(request, projectId, offer);
    if (!Array.isArray(resolved) && areNics(nics)) return { ...resolved, nics };
    return [...(Array.isArray(resolved) ? resolved : []), ...(areNics(nics) ? [] : nics)];
  }

  /** The key pair, null when none is asked for, or the sentence that says what is wrong. */
  private async findKeyPair(
    name: string | undefined,
    projectId: string,
  ): Promise<{ id: string } | string | null> {
    if (name === undefined) return null;
    const found = await this.keyPairs.find(this.database.read, { projectId }, name);
    return (
      found ?? unknownName('key pair', name, await this.keyPairs.listNames(this.database.read, projectId))
    );
  }
}

/** Whether the clusters that have what the orders need are the same for both. */
export function samePlaces(a: TakenOrder, b: TakenOrder): boolean {
  return isDeepStrictEqual(placesOf(a), placesOf(b));
}

function placesOf({ order: { resolved } }: TakenOrder): string[][] {
  const networks = resolved.nics.flatMap((nic) => (isVpcNic(nic) ? [] : [nic.network]));
  const things = [resolved.flavor, resolved.image, ...networks, ...resolved.securityGroups];
  return things.map((thing) => [...thing.clusters.keys()]);
}

const areNics = (found: readonly (ResolvedNic | FieldFault)[]): found is ResolvedNic[] =>
  !found.some((one) => 'detail' in one);

/** A server is in one cluster: addresses of several clusters cannot be its own. */
function requireAgreement({ serverIds, resolved }: ServerOrder): void {
  const pins = pinsOf(serverIds, resolved.nics);
  if (pins instanceof Map) return;
  const { server, first, second } = pins.disagree;
  const position = resolved.nics.findIndex((nic) => isVpcNic(nic) && nic.fixed?.[server]?.address === second);
  const detail = `${second} and ${first} belong to different clusters: one server cannot have both`;
  throw new Fault({
    code: 'fixed_addresses_apart',
    category: 'invalid',
    detail,
    fields: [{ pointer: `/networks/${position}/fixed_ips/${server}`, detail }],
  });
}
