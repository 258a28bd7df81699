import { describe, expect, it } from '@jest/globals';
import { wholeListing } from '@ultron/sync/kind/observed';
import { compareCluster, compareState, type ObservedRow } from './truth.js';

const row = (id: string, more: Partial<ObservedRow> = {}): ObservedRow => ({
  kind: 'server',
  id,
  name: id,
  projectId: 'p',
  status: 'ACTIVE',
  parentId: null,
  revision: null,
  fields: '{}',
  ...more,
});

describe('what is held of a cluster', () => {
  it('is wrong where the simulator has something else', () => {
    const state = {
      servers: [
        { id: 'same', name: 'same', status: 'ACTIVE', host: null, project_id: 'p' },
        { id: 'renamed', name: 'new', status: 'ACTIVE', host: null, project_id: 'p' },
        { id: 'new', name: 'new', status: 'BUILD', host: null, project_id: 'p' },
      ],
      ports: [{ id: 'port', name: 'port', status: 'DOWN', device_id: '', project_id: '' }],
    };
    const rows = [
      row('same'),
      row('renamed'),
      row('gone'),
      row('port', { kind: 'port', status: 'DOWN', projectId: null }),
      row('net', { kind: 'network' }),
    ];
    const wrong = compareState('c', state, rows).map(({ kind, id, what }) => `${kind} ${id} ${what}`);
    expect(wrong).toEqual(['server renamed different', 'server gone not_gone', 'server new missing']);
  });

  it('is wrong where a kind lists something else', async () => {
    const zone = (id: string, status: string) =>
      row(id, { kind: 'availability_zone', status, projectId: null, fields: {} });
    const listed = ['nova', 'new'].map((id) => ({ ...zone(id, 'available'), fields: {}, updatedAt: null }));
    const kind = { kind: 'availability_zone', list: () => wholeListing(async () => listed) };
    const { objects, untruths } = await compareCluster(
      'c',
      null,
      [kind],
      [zone('nova', 'unavailable'), zone('old', 'available'), row('server')],
    );
    expect(objects).toBe(2);
    expect(untruths.map(({ id, what }) => `${id} ${what}`)).toEqual([
      'nova different',
      'new missing',
      'old not_gone',
    ]);
    expect(untruths[0]?.detail).toBe('status: "unavailable", not "available"');
  });
});
