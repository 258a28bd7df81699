import { describe, expect, it } from '@jest/globals';
import { OpenStackError, type OpenStackErrorKind } from '@ultron/openstack/error/openstack-error';
import type { PortCreateWire, PortWire } from '@ultron/openstack/network/ports.wire';
import { PortBatch } from './port-batch.js';

class FakeNeutron {
  readonly requests: string[][] = [];
  answers: Promise<void> = Promise.resolve();
  refuseBulk: OpenStackError | undefined;
  refuse = new Map<string, OpenStackError>();

  async create(port: PortCreateWire): Promise<PortWire> {
    this.requests.push([port.name ?? '']);
    await this.answers;
    const refusal = this.refuse.get(port.name ?? '');
    if (refusal) throw refusal;
    return wire(port);
  }

  async createBulk(ports: readonly PortCreateWire[]): Promise<PortWire[]> {
    this.requests.push(ports.map((port) => port.name ?? ''));
    if (this.refuseBulk) throw this.refuseBulk;
    return ports.map(wire).toReversed();
  }
}

const wire = (port: PortCreateWire) => ({ id: `id-${port.name}`, name: port.name }) as PortWire;
const port = (name: string): PortCreateWire => ({ name, network_id: 'n' });

const failure = (kind: OpenStackErrorKind, outcomeUnknown = false) =>
  new OpenStackError({
    kind,
    outcomeUnknown,
    code: kind,
    message: kind,
    cluster: 'c',
    service: 'network',
    method: 'POST',
    path: '/ports',
  });

function begin(options: { maxPorts?: number; maxRequests?: number; inBulk?: () => Promise<boolean> } = {}) {
  const neutron = new FakeNeutron();
  return { neutron, batch: new PortBatch({ portsOf: async () => neutron, windowMs: 1, ...options }) };
}

describe('PortBatch', () => {
  it('makes the ports of one moment with one request and gives each its own', async () => {
    const { neutron, batch } = begin();
    const made = await Promise.all(['a', 'b', 'c'].map((name) => batch.create('c1', port(name), {})));
    expect(made.map((p) => p.id)).toEqual(['id-a', 'id-b', 'id-c']);
    expect(neutron.requests).toEqual([['a', 'b', 'c']]);
  });

  it('asks singly where the cluster knows no bulk', async () => {
    const { neutron, batch } = begin({ inBulk: async () => false });
    await Promise.all(['a', 'b'].map((name) => batch.create('c1', port(name), {})));
    expect(neutron.requests).toEqual([['a'], ['b']]);
  });

  it('keeps clusters, and batches that are full, apart', async () => {
    const { neutron, batch } = begin({ maxPorts: 2 });
    await Promise.all([
      ...['a', 'b', 'c'].map((name) => batch.create('c1', port(name), {})),
      batch.create('c2', port('d'), {}),
    ]);
    expect(neutron.requests.toSorted()).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  it('lets wait, for a larger batch, what is wanted while enough requests are under way', async () => {
    const { neutron, batch } = begin({ maxRequests: 1 });
    let answer = () => {};
    neutron.answers = new Promise((resolve) => (answer = resolve));
    const first = batch.create('c1', port('a'), {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    const others = ['b', 'c', 'd'].map((name) => batch.create('c1', port(name), {}));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(neutron.requests).toEqual([['a']]);
    answer();
    await Promise.all([first, ...others]);
    expect(neutron.requests).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('asks singly when the batch is refused, so that each has its own fate', async () => {
    const { neutron, batch } = begin();
    neutron.refuseBulk = failure('quota');
    neutron.refuse.set('b', failure('quota'));
    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) => batch.create('c1', port(name), {})),
    );
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(neutron.requests).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  });

  it('asks nobody again when the batch may have been made', async () => {
    const { neutron, batch } = begin();
    neutron.refuseBulk = failure('outage', true);
    const results = await Promise.allSettled(['a', 'b'].map((name) => batch.create('c1', port(name), {})));
    expect(results.every((r) => r.status === 'rejected' && r.reason === neutron.refuseBulk)).toBe(true);
    expect(neutron.requests).toHaveLength(1);
  });
});
