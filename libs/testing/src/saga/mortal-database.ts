import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { KillMoment } from './scenario.js';

/** When processes die, over all the processes of one scenario. */
export interface Fate {
  /** Records that were tried so far. */
  records: number;
  /** The number of records when the final fault was thrown, if there was one. */
  turnedAt: number | undefined;
  dies: (record: number) => KillMoment | undefined;
}

export function longLife(): Fate {
  return { records: 0, turnedAt: undefined, dies: () => undefined };
}

/**
 * The database as one process sees it. A process that dies at a record never reaches the database again; what its
 * steps did to the cluster stays done.
 */
export class MortalDatabase extends Database {
  private dead = false;

  constructor(
    private readonly immortal: Database,
    private readonly fate: Fate,
  ) {
    super(immortal.source);
  }

  override get read(): Transaction {
    if (this.dead) throw death();
    return this.immortal.read;
  }

  override async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.dead) throw death();
    const moment = this.fate.dies(++this.fate.records);
    if (moment === 'before_commit') this.die();
    const result = await this.immortal.transaction(work);
    if (moment === 'after_commit') this.die();
    return result;
  }

  private die(): never {
    this.dead = true;
    throw death();
  }
}

// To the worker it is as if the connection broke, so that it can do nothing more for the task.
function death(): Fault {
  return new Fault({
    code: 'database_unavailable',
    category: 'unavailable',
    detail: 'The process has died.',
  });
}
