import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { namedBy, openEnvelope } from './notification.rules.js';

const envelope = (event_type: string, payload: unknown): string =>
  JSON.stringify({
    'oslo.version': '2.0',
    'oslo.message': JSON.stringify({
      message_id: 'm',
      publisher_id: 'p',
      event_type,
      payload,
      priority: 'INFO',
    }),
  });

describe('a notification', () => {
  it.each([
    ['compute.instance.create.end', { instance_id: 's1' }, [{ kind: 'server', objectId: 's1' }]],
    ['compute.instance.update', { instance_id: 's1' }, [{ kind: 'server', objectId: 's1' }]],
    ['compute.instance.create.start', { instance_id: 's1' }, []],
    ['instance.delete.end', { 'nova_object.data': { uuid: 's2' } }, [{ kind: 'server', objectId: 's2' }]],
    ['port.create.end', { port: { id: 'p1' } }, [{ kind: 'port', objectId: 'p1' }]],
    [
      'port.create.end',
      { ports: [{ id: 'p1' }, { id: 'p2' }] },
      [
        { kind: 'port', objectId: 'p1' },
        { kind: 'port', objectId: 'p2' },
      ],
    ],
    ['port.delete.end', { port_id: 'p1' }, [{ kind: 'port', objectId: 'p1' }]],
    ['floatingip.update.end', { floatingip: { id: 'f' } }, [{ kind: 'floating_ip', objectId: 'f' }]],
    [
      'router.interface.create',
      { router_interface: { id: 'r', port_id: 'p' } },
      [
        { kind: 'router', objectId: 'r' },
        { kind: 'port', objectId: 'p' },
      ],
    ],
    [
      'security_group_rule.create.end',
      { security_group_rule: { security_group_id: 'g' } },
      [{ kind: 'security_group', objectId: 'g' }],
    ],
    [
      'security_group_rule.delete.end',
      { security_group_rule_id: 'r' },
      [{ kind: 'security_group', objectId: '' }],
    ],
    ['flavor.create', { 'nova_object.data': { flavorid: 'f' } }, [{ kind: 'flavor', objectId: 'f' }]],
    ['keypair.delete.end', { key_name: 'k' }, [{ kind: 'key_pair', objectId: '' }]],
    [
      'aggregate.add_host.end',
      { 'nova_object.data': { id: 1 } },
      [{ kind: 'availability_zone', objectId: '' }],
    ],
    [
      'service.update',
      { 'nova_object.data': { host: 'h' } },
      [
        { kind: 'hypervisor', objectId: '' },
        { kind: 'availability_zone', objectId: '' },
      ],
    ],
    ['image.update', { id: 'i' }, [{ kind: 'image', objectId: 'i' }]],
    ['scheduler.select_destinations.end', { instance_id: 's' }, []],
    ['identity.authenticate', {}, []],
  ])('%s with %j names %j', (eventType, payload, expected) => {
    const opened = openEnvelope(envelope(eventType, payload));
    expect(opened && namedBy(opened)).toEqual(expected);
  });

  it('is read without an envelope as well', () => {
    const opened = openEnvelope(
      JSON.stringify({ event_type: 'port.update.end', payload: { port: { id: 'p' } } }),
    );
    expect(opened && namedBy(opened)).toEqual([{ kind: 'port', objectId: 'p' }]);
  });

  it('may be anything at all and never does harm', () => {
    fc.assert(
      fc.property(fc.string(), (body) => {
        const opened = openEnvelope(body);
        if (opened) namedBy(opened);
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (eventType, payload) => {
        const opened = openEnvelope(envelope(eventType, payload));
        for (const { objectId } of opened ? namedBy(opened) : []) expect(objectId.length).toBeLessThan(256);
      }),
    );
  });
});
