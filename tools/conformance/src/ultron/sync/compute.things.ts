import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../target/eventually.js';
import { gone, idOf, named, present, renamed, type Sight, type Thing, type Workshop } from './thing.js';

/** Servers need the network of the other things. */
export function computeThings(shop: Workshop): Thing[] {
  return [flavor(shop), image(shop), keyPair(shop), zone(shop), quota(shop), server(shop)];
}

/** With an extra spec more, since a flavor's numbers cannot be changed. */
function flavor(shop: Workshop): Thing {
  const { sync, prefix } = shop;
  return renamed(shop, 'flavor', () => ['--ram', '64', '--disk', '1', '--vcpus', '1'], {
    change: async () => {
      const id = idOf(shop, 'flavor');
      await sync.openstack('flavor', 'set', '--property', `${prefix}:colour=red`, id);
      return [
        {
          kind: 'flavor',
          of: { id },
          what: 'has another property',
          good: ({ fields }) => `${prefix}:colour` in (fields['extra_specs'] as object),
        },
      ];
    },
  });
}

function image(shop: Workshop): Thing {
  const file = join(shop.folder, 'image');
  const thing = renamed(shop, 'image', () => [
    ...['--disk-format', 'raw', '--container-format', 'bare', '--file', file],
  ]);
  return {
    ...thing,
    make: async () => {
      await writeFile(file, Buffer.alloc(4096));
      const [{ of } = { of: { id: '' } }] = await thing.make();
      return [{ kind: 'image', of, what: 'appears', good: ({ status }) => status === 'active' }];
    },
  };
}

/** Known by its name; one that is changed is another one of the same name. */
function keyPair(shop: Workshop): Thing {
  const { sync } = shop;
  const name = `${shop.prefix}-key`;
  let fingerprint = '';
  const create = async (what: string): Promise<Sight[]> => {
    const file = join(shop.folder, 'key.pub');
    await writeFile(file, publicKey());
    const made = await sync.made<{ fingerprint: string }>('keypair', 'create', '--public-key', file, name);
    fingerprint = made.fingerprint;
    const good: Sight['good'] = ({ presence, fields }) =>
      presence === 'present' && fields['fingerprint'] === fingerprint;
    return [{ kind: 'key_pair', of: { id: name }, what, good }];
  };
  const remove = () => sync.openstack('keypair', 'delete', name);
  return {
    name: 'key pair',
    told: true,
    make: () => create('appears'),
    change: async () => {
      await remove();
      return create('is another');
    },
    remove: async () => {
      await remove();
      return [gone('key_pair', name)];
    },
  };
}

/** As OpenSSH writes it. */
function publicKey(): string {
  const { publicKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const number = (text: string) => Buffer.concat([Buffer.alloc(1), Buffer.from(text, 'base64url')]);
  const parts = [Buffer.from('ssh-rsa'), Buffer.from(e, 'base64url'), number(n)];
  const blob = parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `ssh-rsa ${Buffer.concat(blob).toString('base64')} somebody\n`;
}

/** An aggregate with a zone of its own and one of the hosts in it, which is then switched off. */
function zone(shop: Workshop): Thing {
  const { sync } = shop;
  const name = `${shop.prefix}-zone`;
  const status = (kind: string, of: Sight['of'], wanted: string): Sight => ({
    kind,
    of,
    what: `is ${wanted}`,
    good: (object) => object.presence === 'present' && object.status === wanted,
  });
  const host = () => idOf(shop, 'host');
  const service = (how: string) => sync.openstack('compute', 'service', 'set', how, host(), 'nova-compute');
  return {
    name: 'aggregate with a zone',
    told: true,
    make: async () => {
      const hosts = await sync.made<{ Host: string }[]>(
        'compute',
        'service',
        'list',
        '--service',
        'nova-compute',
      );
      shop.ids.set('host', hosts.at(-1)?.Host ?? '');
      await sync.openstack('aggregate', 'create', '--zone', name, name);
      // A host that has servers keeps its zone.
      await eventually(
        `${host()} is put into the zone`,
        () =>
          sync.openstack('aggregate', 'add', 'host', name, host()).then(
            () => true as const,
            () => undefined,
          ),
        { seconds: 300, everyMs: 5_000 },
      );
      return [present('availability_zone', { id: name })];
    },
    change: async () => {
      await service('--disable');
      return [
        status('availability_zone', { id: name }, 'unavailable'),
        status('hypervisor', { name: host() }, 'disabled'),
      ];
    },
    remove: async () => {
      await service('--enable');
      await sync.openstack('aggregate', 'remove', 'host', name, host());
      await sync.openstack('aggregate', 'delete', name);
      return [gone('availability_zone', name), status('hypervisor', { name: host() }, 'enabled')];
    },
  };
}

/** Of the project that Ultron uses in the cluster: it is always there. */
function quota(shop: Workshop): Thing {
  const { sync } = shop;
  const set = async (servers: string, ports: string): Promise<Sight[]> => {
    const { project_id: project } = await sync.made<{ project_id: string }>('token', 'issue');
    await sync.openstack('quota', 'set', '--instances', servers, '--ports', ports, project);
    const limit = (service: string, what: string, wanted: string): Sight => ({
      kind: 'quota',
      of: { id: `${service}:${project}` },
      what: `allows ${wanted} ${what}`,
      good: ({ fields }) => (fields[what] as { limit: number }).limit === Number(wanted),
    });
    return [limit('compute', 'servers', servers), limit('network', 'port', ports)];
  };
  return {
    name: 'quota',
    told: false,
    make: () => set('501', '502'),
    change: () => set('503', '504'),
    remove: () => set('-1', '-1'),
  };
}

/** With the port that Nova makes for it. */
function server(shop: Workshop): Thing {
  const { sync, prefix } = shop;
  return {
    name: 'server',
    told: true,
    make: async () => {
      const nic = `net-id=${idOf(shop, 'network')}`;
      const { id } = await sync.made(
        ...['server', 'create', '--flavor', 'm1.tiny', '--image', 'cirros', '--nic', nic, '--wait'],
        `${prefix}-server`,
      );
      shop.ids.set('server', id);
      const [port] = await sync.made<{ ID: string }[]>('port', 'list', '--server', id);
      shop.ids.set('port of the server', port?.ID ?? '');
      return [
        { kind: 'server', of: { id }, what: 'is ACTIVE', good: ({ status }) => status === 'ACTIVE' },
        {
          kind: 'port',
          of: { id: port?.ID ?? '' },
          what: '(of the server) appears',
          good: ({ parent }) => parent === id,
        },
      ];
    },
    change: async () => {
      const id = idOf(shop, 'server');
      await sync.openstack('server', 'set', '--name', `${prefix}-renamed`, id);
      await sync.openstack('server', 'stop', id);
      return [
        named('server', id, `${prefix}-renamed`),
        { kind: 'server', of: { id }, what: 'is SHUTOFF', good: ({ status }) => status === 'SHUTOFF' },
      ];
    },
    remove: async () => {
      const id = idOf(shop, 'server');
      await sync.openstack('server', 'delete', '--wait', id);
      return [gone('server', id), gone('port', idOf(shop, 'port of the server'))];
    },
  };
}
