import type { InjectedDrift } from './drifts.js';

interface SimulatedThing {
  id: string;
}

/** What the simulator tells of a cluster; of the rest nothing is compared. */
export interface SimulatedState {
  servers: (SimulatedThing & { status: string; flavor: string; host: string | null; ports: string[] })[];
  ports: (SimulatedThing & { status: string; device_id: string })[];
  networks: SimulatedThing[];
  subnets: SimulatedThing[];
}

/** Everything in a cluster as it is: what it is and its id, and all that is told of it. */
export type Picture = Map<string, Record<string, unknown>>;

const MOVES_BY_ITSELF = new Set(['host', 'task_state']);

export function pictureOf(state: SimulatedState): Picture {
  const picture: Picture = new Map();
  const { servers, ports, networks, subnets } = state;
  for (const server of servers) picture.set(`server ${server.id}`, settled(server));
  // Whether a port is up follows from its server.
  for (const { status: _status, ...port } of ports) picture.set(`port ${port.id}`, settled(port));
  for (const network of networks) picture.set(`network ${network.id}`, settled(network));
  for (const subnet of subnets) picture.set(`subnet ${subnet.id}`, settled(subnet));
  return picture;
}

const settled = (thing: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(thing).filter(([key]) => !MOVES_BY_ITSELF.has(key)));

/** Kinds of which the cluster keeps what was done to it, as Ultron's row takes it over. */
const TAKEN_OVER: Readonly<Record<string, Record<string, unknown>>> = {
  state_differs: { status: 'SHUTOFF' },
  flavor_differs: { flavor: 'm1.small' },
};

/**
 * In what the cluster differs from how it has to be once everything that can be repaired is: as it was before, but for
 * what Ultron takes over or was to be told, and for what only people decide about.
 */
export function wrongIn(before: Picture, after: Picture, drifts: readonly InjectedDrift[]): string[] {
  const gone = new Set(
    drifts.filter(({ kind }) => kind === 'missing').flatMap((one) => [one.openstackId, ...one.goesAlong]),
  );
  const taken = new Map(
    drifts.flatMap((one) => (TAKEN_OVER[one.kind] ? [[one.openstackId, TAKEN_OVER[one.kind]]] : [])),
  );
  const strangers = new Set(drifts.filter(isStranger).flatMap((one) => [one.openstackId, ...one.goesAlong]));
  const wrong: string[] = [];
  for (const [key, was] of before) {
    const id = String(was['id']);
    const is = after.get(key);
    if (gone.has(id)) {
      if (is) wrong.push(`${key} is still there`);
    } else if (!is) wrong.push(`${key} is gone`);
    else if (!same({ ...was, ...taken.get(id) }, is))
      wrong.push(`${key} is ${JSON.stringify(is)}, was ${JSON.stringify(was)}`);
  }
  for (const [key, is] of after) {
    if (before.has(key) || strangers.has(String(is['id'])) || strangers.has(String(is['device_id'])))
      continue;
    wrong.push(`${key} is there: ${JSON.stringify(is)}`);
  }
  for (const { kind, openstackId } of drifts.filter(isStranger)) {
    if (![...after.values()].some(({ id }) => id === openstackId))
      wrong.push(`${kind} ${openstackId} is gone`);
  }
  return wrong;
}

const isStranger = ({ kind }: InjectedDrift): boolean =>
  ['orphan', 'foreign_port_on_segment', 'address_in_use_but_free', 'cidr_overlap'].includes(kind);

const same = (a: Record<string, unknown>, b: Record<string, unknown>): boolean =>
  canonical(a) === canonical(b);

/** Lists of OpenStack have no order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).toSorted().join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, inner]) => `${key}:${canonical(inner)}`).join()}}`;
}
