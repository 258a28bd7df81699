/** What a notification says is to be looked at: an object, or the whole lane of its kind when it names none. */
export interface NamedObject {
  kind: string;
  /** Empty: whatever changed. */
  objectId: string;
}

export interface Notification {
  eventType: string;
  payload: Record<string, unknown>;
}

/**
 * Opens the envelope of oslo.messaging (`{"oslo.version": "2.0", "oslo.message": "<json>"}`), or what was sent without
 * one. Null for what is no notification: others may put what they like on an exchange.
 */
export function openEnvelope(body: string): Notification | null {
  const outer = parsed(body);
  if (!outer) return null;
  const inner = typeof outer['oslo.message'] === 'string' ? parsed(outer['oslo.message']) : outer;
  const eventType = inner?.['event_type'];
  const payload = inner?.['payload'];
  if (!inner || typeof eventType !== 'string') return null;
  return { eventType, payload: isRecord(payload) ? payload : {} };
}

/** The kinds that Neutron notifies about, by its names for them. */
const NEUTRON_KINDS: Readonly<Record<string, string>> = {
  port: 'port',
  network: 'network',
  subnet: 'subnet',
  router: 'router',
  floatingip: 'floating_ip',
  security_group: 'security_group',
};

/** Where something was only begun, nothing can be seen yet. */
const NOT_YET = /\.(start|exists)$/;

/** What to look at; nothing for what tells of nothing that Ultron keeps. */
export function namedBy({ eventType, payload }: Notification): NamedObject[] {
  if (NOT_YET.test(eventType)) return [];
  if (eventType.startsWith('compute.instance.')) return one('server', payload['instance_id']);
  if (eventType.startsWith('instance.')) return one('server', versioned(payload)['uuid']);
  if (eventType.startsWith('image.')) return one('image', payload['id']);
  if (eventType.startsWith('flavor.')) return one('flavor', versioned(payload)['flavorid']);
  if (eventType.startsWith('keypair.')) return whole('key_pair');
  if (eventType.startsWith('aggregate.')) return whole('availability_zone');
  // Told when one is switched on or off, not with each of its signs of life.
  if (eventType.startsWith('service.')) return [...whole('hypervisor'), ...whole('availability_zone')];
  if (eventType.startsWith('router.interface.')) return ofInterface(payload);
  if (eventType.startsWith('security_group_rule.')) return ofRule(payload);
  return ofNeutron(eventType, payload);
}

/** `port.create.end` with `port: {id}`, `ports: [{id}]` when several were made at once, or `port_id`. */
function ofNeutron(eventType: string, payload: Record<string, unknown>): NamedObject[] {
  const [name = ''] = eventType.split('.', 1);
  const kind = NEUTRON_KINDS[name];
  if (!kind) return [];
  const many = payload[`${name}s`];
  if (Array.isArray(many)) return many.flatMap((item) => one(kind, isRecord(item) ? item['id'] : undefined));
  const single = payload[name];
  return one(kind, isRecord(single) ? single['id'] : payload[`${name}_id`]);
}

function ofInterface(payload: Record<string, unknown>): NamedObject[] {
  const leg = payload['router_interface'];
  if (!isRecord(leg)) return [];
  return [...one('router', leg['id']), ...one('port', leg['port_id'])];
}

function ofRule(payload: Record<string, unknown>): NamedObject[] {
  const rule = payload['security_group_rule'];
  // A deleted rule does not say whose it was.
  return isRecord(rule) ? one('security_group', rule['security_group_id']) : whole('security_group');
}

const MOST_CHARACTERS = 255;

const one = (kind: string, id: unknown): NamedObject[] =>
  typeof id === 'string' && id !== '' && id.length <= MOST_CHARACTERS ? [{ kind, objectId: id }] : [];

/** What is told names nothing that Ultron knows by that name. */
const whole = (kind: string): NamedObject[] => [{ kind, objectId: '' }];

function versioned(payload: Record<string, unknown>): Record<string, unknown> {
  const data = payload['nova_object.data'];
  return isRecord(data) ? data : {};
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
