import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import type { GivenLimits } from '../policy/brake.rules.js';
import type { ReconcileRound } from './reconcile-round.entity.js';
import { recordBrake } from './round.trail.js';
import { RoundRepository } from './round.repository.js';

/** What operators do with the rounds of a cluster and its brake. */
@Injectable()
export class RoundService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RoundRepository) private readonly rounds: RoundRepository,
  ) {}

  /** @throws Fault `round_not_found`: there is no such cluster, or nobody has looked at it yet. */
  async get(clusterId: string): Promise<ReconcileRound> {
    const round = await this.rounds.find(this.database.read, clusterId);
    if (!round) throw roundNotFound(clusterId);
    return round;
  }

  async list(filter: { braked?: boolean | undefined }, page: Page<'cluster_id'>): Promise<ReconcileRound[]> {
    return this.rounds.list(this.database.read, filter, page);
  }

  /** Throws as `get`. */
  async setLimits(
    tx: Transaction,
    clusterId: string,
    limits: Partial<GivenLimits>,
    check: (version: number) => void,
  ): Promise<ReconcileRound> {
    const round = await this.locked(tx, clusterId);
    check(round.version);
    await this.rounds.setLimits(tx, clusterId, { ...round, ...limits });
    const changed = await this.locked(tx, clusterId);
    await recordBrake(tx, 'changed', round, changed);
    return changed;
  }

  /** Repairs go on, and those of the last hour do not count any more. Throws as `get`. */
  async release(tx: Transaction, clusterId: string): Promise<ReconcileRound> {
    const round = await this.locked(tx, clusterId);
    await this.rounds.release(tx, clusterId);
    const released = await this.locked(tx, clusterId);
    await recordBrake(tx, 'released', round, released);
    return released;
  }

  /** No repair begins by itself until that is released. Throws as `get`. */
  async stop(tx: Transaction, clusterId: string, reason: string): Promise<ReconcileRound> {
    const round = await this.locked(tx, clusterId);
    await this.rounds.brake(tx, clusterId, reason);
    const stopped = await this.locked(tx, clusterId);
    await recordBrake(tx, 'stopped', round, stopped, reason);
    return stopped;
  }

  /** Throws as `get`. */
  async runNow(tx: Transaction, clusterId: string): Promise<ReconcileRound> {
    await this.locked(tx, clusterId);
    await this.rounds.hasten(tx, clusterId);
    return this.locked(tx, clusterId);
  }

  private async locked(tx: Transaction, clusterId: string): Promise<ReconcileRound> {
    const round = await this.rounds.lock(tx, clusterId);
    if (!round) throw roundNotFound(clusterId);
    return round;
  }
}

const roundNotFound = (clusterId: string): Fault =>
  new Fault({
    code: 'round_not_found',
    category: 'not_found',
    detail: `There is no cluster ${clusterId}, or it was never compared.`,
  });
