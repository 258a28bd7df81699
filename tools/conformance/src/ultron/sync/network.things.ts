import { gone, idOf, present, renamed, type Sight, type Thing, type Workshop } from './thing.js';

const RULE = '4711';

/** In the order in which they can be made; they can be removed in the opposite one. */
export function networkThings(shop: Workshop): Thing[] {
  return [
    renamed(shop, 'network'),
    renamed(shop, 'subnet', () => [
      ...['--network', idOf(shop, 'network'), '--subnet-range', '10.98.0.0/24'],
    ]),
    renamed(shop, 'security_group'),
    securityGroupRule(shop),
    router(shop),
    renamed(shop, 'port', () => ['--network', idOf(shop, 'network')]),
    floatingIp(shop),
  ];
}

/** Shows in its group. */
function securityGroupRule(shop: Workshop): Thing {
  const { sync } = shop;
  const inGroup = (what: string, good: (ports: unknown[]) => boolean): Sight => ({
    kind: 'security_group',
    of: { id: idOf(shop, 'security_group') },
    what,
    good: ({ fields }) =>
      good((fields['rules'] as { port_range_min: unknown }[]).map((rule) => rule.port_range_min)),
  });
  return {
    name: 'security group rule',
    told: true,
    make: async () => {
      const { id } = await sync.made(
        ...[
          'security',
          'group',
          'rule',
          'create',
          '--protocol',
          'tcp',
          '--dst-port',
          RULE,
          idOf(shop, 'security_group'),
        ],
      );
      shop.ids.set('rule', id);
      return [inGroup('has the rule', (ports) => ports.includes(Number(RULE)))];
    },
    // Before its group is removed, which takes all its rules along.
    change: async () => {
      await sync.openstack('security', 'group', 'rule', 'delete', idOf(shop, 'rule'));
      return [inGroup('has lost the rule', (ports) => !ports.includes(Number(RULE)))];
    },
    remove: () => Promise.resolve([]),
  };
}

/** Gets a gateway and a leg, which is a port of its own. */
function router(shop: Workshop): Thing {
  const { sync } = shop;
  return renamed(shop, 'router', undefined, {
    change: async () => {
      const id = idOf(shop, 'router');
      await sync.openstack('router', 'set', '--external-gateway', 'public', id);
      await sync.openstack('router', 'add', 'subnet', id, idOf(shop, 'subnet'));
      const [leg] = await sync.made<{ ID: string }[]>(
        'port',
        'list',
        '--router',
        id,
        '--device-owner',
        'network:router_interface',
      );
      return [
        {
          kind: 'router',
          of: { id },
          what: 'has a gateway',
          good: ({ fields }) => fields['external_gateway'] !== null,
        },
        present('port', { id: leg?.ID ?? '' }, '(a leg of the router) appears'),
      ];
    },
    remove: async () => {
      const id = idOf(shop, 'router');
      await sync.openstack('router', 'remove', 'subnet', id, idOf(shop, 'subnet'));
      await sync.openstack('router', 'delete', id);
      return [gone('router', id)];
    },
  });
}

/** Is given to the port. */
function floatingIp(shop: Workshop): Thing {
  const { sync } = shop;
  return {
    name: 'floating IP',
    told: true,
    make: async () => {
      const { id } = await sync.made('floating', 'ip', 'create', 'public');
      shop.ids.set('floating_ip', id);
      return [present('floating_ip', { id })];
    },
    change: async () => {
      const id = idOf(shop, 'floating_ip');
      await sync.openstack('floating', 'ip', 'set', '--port', idOf(shop, 'port'), id);
      return [
        {
          kind: 'floating_ip',
          of: { id },
          what: 'is given to the port',
          good: ({ parent }) => parent === idOf(shop, 'port'),
        },
      ];
    },
    remove: async () => {
      const id = idOf(shop, 'floating_ip');
      await sync.openstack('floating', 'ip', 'delete', id);
      return [gone('floating_ip', id)];
    },
  };
}
