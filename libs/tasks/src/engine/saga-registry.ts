import { Fault } from '@ultron/kernel/fault';
import type { Saga } from '../saga/saga.js';

/** The sagas of a process by their kinds. */
export class SagaRegistry<Deps> {
  private readonly byKind = new Map<string, Saga<Deps>>();

  constructor(sagas: readonly Saga<Deps>[]) {
    for (const saga of sagas) {
      if (this.byKind.has(saga.kind)) throw new Error(`two sagas have the kind ${saga.kind}`);
      this.byKind.set(saga.kind, saga);
    }
  }

  find(kind: string): Saga<Deps> | undefined {
    return this.byKind.get(kind);
  }

  /** @throws Fault `saga_unknown`, retryable: another version of the conductor may know it. */
  get(kind: string): Saga<Deps> {
    const saga = this.byKind.get(kind);
    if (saga) return saga;
    throw new Fault({
      code: 'saga_unknown',
      category: 'unavailable',
      detail: `This conductor does not know how to do "${kind}".`,
      whoCanFix: 'operator',
    });
  }
}
