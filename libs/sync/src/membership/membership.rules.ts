import { hash as digest } from 'node:crypto';

/** A conductor says so often that it lives. */
export const BEAT_MS = 500;
/** One that was not heard for so long is taken for dead: it writes no lane, and others take its lanes. */
export const MEMBER_TTL_MS = 2_000;

/** A living conductor of a group, as far as it matters for who owns what. */
export interface Member {
  id: string;
  domains: readonly string[];
}

/** Lanes of one cluster and one domain move together: they share connections, a token and a budget. */
export interface Share {
  clusterId: string;
  domain: string;
  lanes: number;
}

/** No conductor takes more than so much more than its even share. */
const SLACK = 1.15;

/**
 * Which conductor owns which share: every conductor computes the same from the same rows. Each share has an order of
 * preference among the conductors (rendezvous hashing), so one that comes or goes moves only what it takes or leaves;
 * a bound on the load of each keeps the shares even, at the price of few more moves.
 */
export function ownersOf(shares: readonly Share[], members: readonly Member[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const [domains, group] of byMembers(shares, members)) assign(group, domains, owners);
  return owners;
}

export const shareKey = ({ clusterId, domain }: Pick<Share, 'clusterId' | 'domain'>): string =>
  `${clusterId}/${domain}`;

/** Shares that the same conductors can serve are dealt out together, those of one cluster as one. */
function byMembers(shares: readonly Share[], members: readonly Member[]): Map<readonly Member[], Share[]> {
  const groups = new Map<string, { able: Member[]; shares: Share[] }>();
  for (const share of shares) {
    const able = members.filter((member) => member.domains.includes(share.domain));
    if (able.length === 0) continue;
    const key = able.map((member) => member.id).join();
    const group = groups.get(key) ?? { able, shares: [] };
    group.shares.push(share);
    groups.set(key, group);
  }
  return new Map([...groups.values()].map((group) => [group.able, group.shares]));
}

function assign(shares: readonly Share[], members: readonly Member[], owners: Map<string, string>): void {
  const clusters = Map.groupBy(shares, (share) => share.clusterId);
  const total = lanesOf(shares);
  const sizes = [...clusters.values()].map(lanesOf);
  const bound = Math.max(Math.ceil((total / members.length) * SLACK), ...sizes);
  const load = new Map<string, number>();
  // In an order that has nothing to do with who is there.
  const order = [...clusters.keys()].sort((a, b) => (hash(a) < hash(b) ? -1 : 1));
  for (const clusterId of order) {
    const own = clusters.get(clusterId) ?? [];
    const lanes = lanesOf(own);
    const owner = preferred(clusterId, members, bound - lanes, load);
    load.set(owner, (load.get(owner) ?? 0) + lanes);
    for (const share of own) owners.set(shareKey(share), owner);
  }
}

/** The most preferred conductor whose load leaves room; the least loaded where none does. */
function preferred(
  clusterId: string,
  members: readonly Member[],
  most: number,
  load: ReadonlyMap<string, number>,
): string {
  const ranked = members
    .map(({ id }) => ({ id, score: hash(`${clusterId}/${id}`), load: load.get(id) ?? 0 }))
    .sort((a, b) => (a.score < b.score ? 1 : -1));
  const chosen = ranked.find((one) => one.load <= most) ?? ranked.toSorted((a, b) => a.load - b.load)[0];
  if (!chosen) throw new RangeError('no conductor to choose from');
  return chosen.id;
}

const lanesOf = (shares: readonly Share[]): number => shares.reduce((sum, { lanes }) => sum + lanes, 0);

const hash = (text: string): string => digest('md5', text, 'hex');
