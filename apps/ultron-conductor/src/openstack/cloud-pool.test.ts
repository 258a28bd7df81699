import { describe, expect, it } from '@jest/globals';
import type { ClusterConnection } from '@ultron/cluster/cluster/cluster.types';
import { Registry } from 'prom-client';
import { CloudPool } from './cloud-pool.js';
import { showTraffic } from './traffic.metrics.js';

const connection: ClusterConnection = {
  id: 'c1',
  name: 'cluster-1',
  conductorGroup: 'default',
  state: 'enabled',
  authUrl: 'http://127.0.0.1:9/v3',
  region: null,
  interface: 'public',
  credential: { kind: 'application_credential', id: 'x', secret: 'y' },
  connectionVersion: 1,
};

function begin(checkMs: number) {
  const registry = { reads: 0, row: { ...connection } };
  const clusters = {
    connection: async () => {
      registry.reads++;
      return { ...registry.row };
    },
  };
  return { registry, pool: new CloudPool(clusters, () => () => undefined, {}, checkMs) };
}

describe('CloudPool', () => {
  it('reads the registry once for all who ask at once, and not again for a while', async () => {
    const { registry, pool } = begin(60_000);
    const clouds = await Promise.all(Array.from({ length: 10 }, () => pool.get('c1')));
    expect(new Set(clouds).size).toBe(1);
    expect(await pool.get('c1')).toBe(clouds[0]);
    expect(await pool.groupOf('c1')).toBe('default');
    expect(registry.reads).toBe(1);
    await pool.close();
  });

  it('keeps the client, its connections and its token while the registration stays the same', async () => {
    const { registry, pool } = begin(0);
    const first = await pool.get('c1');
    registry.row.conductorGroup = 'other';
    expect(await pool.get('c1')).toBe(first);
    expect(await pool.groupOf('c1')).toBe('other');
    await pool.close();
  });

  it('makes another client when the registration changed', async () => {
    const { registry, pool } = begin(0);
    const first = await pool.get('c1');
    registry.row = { ...registry.row, name: 'renamed', connectionVersion: 2 };
    const second = await pool.get('c1');
    expect(second).not.toBe(first);
    expect(second.cluster).toBe('renamed');
    await pool.close();
  });

  it('shows how much traffic each cluster is trusted with', async () => {
    const { pool } = begin(60_000);
    const registry = new Registry();
    showTraffic(registry, () => pool.traffic());
    expect(await registry.metrics()).not.toContain('cluster-1');
    await pool.get('c1');
    const shown = await registry.metrics();
    expect(shown).toMatch(/^ultron_openstack_limit\{cluster="cluster-1"\} \d+$/m);
    expect(shown).toContain('ultron_openstack_in_flight{cluster="cluster-1",lane="online"} 0');
    await pool.close();
  });
});
