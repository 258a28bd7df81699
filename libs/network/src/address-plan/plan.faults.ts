import { Fault } from '@ultron/kernel/fault';

export function notFound(what: 'address pool' | 'VPC' | 'subnet' | 'segment', id: string): Fault {
  return new Fault({
    code: `${what.toLowerCase().replace(' ', '_')}_not_found`,
    category: 'not_found',
    detail: `There is no ${what} ${id}.`,
  });
}

export function deleting(what: 'VPC' | 'subnet', id: string): Fault {
  return new Fault({
    code: `${what.toLowerCase()}_deleting`,
    category: 'conflict',
    detail: `The ${what} ${id} is being deleted.`,
  });
}

export function alreadyUsed(id: string): Fault {
  return new Fault({
    code: 'id_already_used',
    category: 'conflict',
    detail: `The id ${id} already stands for something that was asked for in another way.`,
  });
}
