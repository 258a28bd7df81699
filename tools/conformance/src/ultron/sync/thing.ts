import type { ObjectBody, SyncJob, Wanted } from './sync-job.js';

/** What is to be seen of what somebody has done. */
export interface Sight {
  kind: string;
  of: Wanted;
  /** For people. */
  what: string;
  good: (object: ObjectBody) => boolean;
}

/** Something that a user makes, changes and removes in a cluster; each of it returns what Ultron is to show then. */
export interface Thing {
  name: string;
  /** The services of a cluster tell of it. */
  told: boolean;
  make(): Promise<Sight[]>;
  change(): Promise<Sight[]>;
  remove(): Promise<Sight[]>;
}

/** What things are made with and of: those that come later find the ids of those before them. */
export interface Workshop {
  sync: SyncJob;
  /** Of everything that is made here. */
  prefix: string;
  /** By the name of the thing. */
  ids: Map<string, string>;
  /** A folder for files that the command is to read. */
  folder: string;
}

export const workshopIn = (sync: SyncJob, folder: string): Workshop => ({
  sync,
  folder,
  prefix: `they-${process.pid}-${Date.now() % 100_000}`,
  ids: new Map(),
});

export const idOf = ({ ids }: Workshop, name: string): string => {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`nobody has made ${name}`);
  return id;
};

export const present = (kind: string, of: Wanted, what = 'appears'): Sight => ({
  kind,
  of,
  what,
  good: ({ presence }) => presence === 'present',
});

export const gone = (kind: string, id: string): Sight => ({
  kind,
  of: { id },
  what: 'is gone',
  good: ({ presence }) => presence === 'gone',
});

export const named = (kind: string, id: string, name: string): Sight => ({
  kind,
  of: { id },
  what: 'has another name',
  good: (object) => object.presence === 'present' && object.name === name,
});

/** A thing that the command makes with `NOUN create`, renames with `NOUN set --name` and removes with `NOUN delete`. */
export function renamed(
  shop: Workshop,
  kind: string,
  options: (shop: Workshop) => string[] = () => [],
  more: Partial<Thing> = {},
): Thing {
  const noun = kind.split('_');
  const { sync, prefix } = shop;
  return {
    name: kind,
    told: true,
    make: async () => {
      const { id } = await sync.made(...noun, 'create', ...options(shop), `${prefix}-${kind}`);
      shop.ids.set(kind, id);
      return [present(kind, { id })];
    },
    change: async () => {
      const id = idOf(shop, kind);
      await sync.openstack(...noun, 'set', '--name', `${prefix}-renamed`, id);
      return [named(kind, id, `${prefix}-renamed`)];
    },
    remove: async () => {
      const id = idOf(shop, kind);
      await sync.openstack(...noun, 'delete', id);
      return [gone(kind, id)];
    },
    ...more,
  };
}
