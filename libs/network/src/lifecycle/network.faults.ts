import { Fault, type FieldFault } from '@ultron/kernel/fault';
import { CHANGING, type LifecycleStatus } from './lifecycle.state.js';

export type NetworkNoun = 'port' | 'router' | 'floating_ip' | 'qos_policy';

const IN_WORDS: Record<NetworkNoun, string> = {
  port: 'port',
  router: 'router',
  floating_ip: 'floating IP',
  qos_policy: 'QoS policy',
};

/** What is not there, or belongs to somebody else. */
export function notThere(noun: NetworkNoun, id: string): Fault {
  return new Fault({
    code: `${noun}_not_found`,
    category: 'not_found',
    detail: `There is no ${IN_WORDS[noun]} ${id}.`,
  });
}

/** The fault of a body whose fields are wrong, all of them at once. */
export function badFields(fields: FieldFault[]): Fault {
  const [first] = fields;
  return new Fault({
    code: 'invalid_body',
    category: 'invalid',
    detail:
      fields.length === 1 && first
        ? `${first.pointer}: ${first.detail}.`
        : `${fields.length} fields are wrong.`,
    fields,
  });
}

/** A wish about one field that is well-formed and yet cannot be. */
export function badField(code: string, pointer: string, detail: string): Fault {
  return new Fault({ code, category: 'invalid', detail: `${detail}.`, fields: [{ pointer, detail }] });
}

/** A change that does not fit the state. */
export function stateConflict(
  noun: NetworkNoun,
  status: LifecycleStatus,
  wish: string,
  allowedIn: readonly LifecycleStatus[],
): Fault {
  return new Fault({
    code: `${noun}_state_conflict`,
    category: 'conflict',
    detail: `A ${IN_WORDS[noun]} that is ${status} cannot be ${wish}; that is possible when it is ${allowedIn.join(' or ')}.`,
    // Once the running task has ended the same change may fit.
    retryable: CHANGING.has(status) && status !== 'deleting',
    extra: { status, allowed_in: allowedIn },
  });
}

/** What keeps something from being deleted, a bounded number of them by name. */
export function inUse(noun: NetworkNoun, by: Record<string, readonly string[]>, advice: string): Fault {
  const named = Object.entries(by).filter(([, ids]) => ids.length > 0);
  const words = named.map(([what, ids]) => `${what.replaceAll('_', ' ')} ${ids.slice(0, 3).join(', ')}`);
  return new Fault({
    code: `${noun}_in_use`,
    category: 'conflict',
    detail: `The ${IN_WORDS[noun]} is in use by ${words.join('; ')}. ${advice}`,
    extra: { used_by: Object.fromEntries(named) },
  });
}
