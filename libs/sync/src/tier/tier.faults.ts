import { Fault } from '@ultron/kernel/fault';

export const tierNotFound = (name: string): Fault =>
  new Fault({ code: 'tier_not_found', category: 'not_found', detail: `There is no tier ${name}.` });

export const notAssigned = (): Fault =>
  new Fault({ code: 'tier_not_assigned', category: 'not_found', detail: 'No tier was assigned to it.' });

export const tierTimes = (detail: string, pointer: string): Fault =>
  new Fault({ code: 'tier_times', category: 'invalid', detail, fields: [{ pointer, detail }] });
