import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClusterDetail } from '@ultron/cluster/cluster/cluster.types';
import { type SimulatedCluster, type Simulator, startSimulator } from '@ultron/openstack-sim/simulator';
import { Cloud } from '@ultron/openstack/cloud';
import { readAgents } from './network-agents.js';
import { openRegistryWorld, registrationOf, type RegistryWorld } from './registry.fixture.js';

const BACKENDS = ['ovn', 'ml2_ovs', 'dvr', 'l3ha', 'legacy'] as const;
const EVERYWHERE = ['routers', 'router_gateways', 'floating_ips', 'security_groups'];
const OF_ML2 = [
  ...EVERYWHERE,
  'qos_bandwidth_limit',
  'qos_floating_ip',
  'port_security',
  'allowed_address_pairs',
  'neutron_tags',
  'revision_if_match',
  'bulk_ports',
  'network_agents',
];

let world: RegistryWorld;
let simulator: Simulator;

beforeAll(async () => {
  world = await openRegistryWorld();
  simulator = await startSimulator({
    clusters: BACKENDS.map((networkBackend) => ({
      name: networkBackend,
      release: 'zed',
      hosts: 2,
      networkBackend,
    })),
  });
}, 300_000);
afterAll(async () => {
  await world.close();
  await simulator.close();
});

function simulated(name: string): SimulatedCluster {
  const found = simulator.clusters.find((cluster) => cluster.name === name);
  if (!found) throw new Error(`no simulated ${name}`);
  return found;
}

async function probed(name: string): Promise<ClusterDetail> {
  const { cluster, task } = await world.probed(registrationOf(simulated(name)));
  expect(task).toMatchObject({ status: 'succeeded', error: null });
  return cluster;
}

describe('a probe', () => {
  it.each([
    ['ovn', 'ovn', [...OF_ML2, 'dvr', 'l3_ha'], []],
    ['ml2_ovs', 'ml2_ovs', OF_ML2, ['dvr', 'l3_ha']],
    ['dvr', 'ml2_ovs_dvr', [...OF_ML2, 'dvr', 'l3_ha'], []],
    ['l3ha', 'ml2_ovs_l3ha', [...OF_ML2, 'l3_ha'], ['dvr']],
    [
      'legacy',
      'legacy',
      EVERYWHERE,
      [
        'dvr',
        'l3_ha',
        'qos_bandwidth_limit',
        'port_security',
        'allowed_address_pairs',
        'neutron_tags',
        'revision_if_match',
        'bulk_ports',
        'network_agents',
      ],
    ],
  ])('of a cluster with %s finds %s and what it can do', async (name, backend, able, unable) => {
    const cluster = await probed(name);
    expect(cluster.networkBackend).toBe(backend);
    expect(cluster.inventory.capabilities).toEqual(expect.arrayContaining(able));
    for (const capability of unable) expect(cluster.inventory.capabilities).not.toContain(capability);
  });
});

describe('an account that is shown no agents', () => {
  it('finds what extensions tell, and promises no more than that', async () => {
    const effect = { kind: 'status', status: 403 } as const;
    simulator.control.addFault({ service: 'network', path: '^/v2.0/agents', effect });
    try {
      expect((await probed('ovn')).networkBackend).toBe('ovn');
      const dvr = await probed('dvr');
      expect(dvr.networkBackend).toBe('ml2_ovs');
      for (const capability of ['dvr', 'l3_ha', 'network_agents'])
        expect(dvr.inventory.capabilities).not.toContain(capability);
    } finally {
      simulator.control.clearFaults();
    }
  });

  it('sees none, without an error, where Neutron hides them', async () => {
    const { authUrl, region } = simulated('dvr');
    const cloud = new Cloud({
      cluster: 'dvr',
      region,
      auth: {
        url: authUrl,
        password: { username: 'demo', password: 'ultron-simulator', projectName: 'demo' },
      },
    });
    expect(await readAgents(cloud, ['agent'], {})).toEqual([]);
    await cloud.close();
  });
});
