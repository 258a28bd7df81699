import { Fault } from '@ultron/kernel/fault';

export const adoptionNotFound = (id: string): Fault =>
  new Fault({ code: 'adoption_not_found', category: 'not_found', detail: `There is no adoption ${id}.` });

export const ruleNotFound = (id: string): Fault =>
  new Fault({
    code: 'adoption_rule_not_found',
    category: 'not_found',
    detail: `There is no adoption rule ${id}.`,
  });

export const adoptionExists = ({ kind, openstackId }: { kind: string; openstackId: string }): Fault =>
  new Fault({
    code: 'adoption_exists',
    category: 'conflict',
    detail: `The ${kind} ${openstackId} is adopted, or is just being adopted.`,
  });

export const adoptionStateConflict = (status: string): Fault =>
  new Fault({
    code: 'adoption_state_conflict',
    category: 'conflict',
    detail: `Only what is adopted can be given up; this is ${status}.`,
  });

export const adoptionSubjectBusy = (kind: string, id: string): Fault =>
  new Fault({
    code: 'adoption_subject_busy',
    category: 'conflict',
    detail: `A task is at work on the ${kind} ${id}: it can be given up when that has ended.`,
    retryable: false,
  });

/** On its own it would keep the server from being adopted, and the server could be deleted without it. */
export const adopteeAttached = (openstackId: string, serverId: string): Fault =>
  new Fault({
    code: 'adoptee_attached',
    category: 'conflict',
    detail: `Port ${openstackId} hangs on the server ${serverId}: adopt that, and the port comes with it.`,
    retryable: false,
  });
