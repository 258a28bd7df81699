import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { recordEvent } from '@ultron/platform/trail/trail';
import type { LaneKey } from '../observed/observed-store.js';
import type { PassMode } from '../pass/pass.types.js';
import { LaneViewRepository } from './lane-view.repository.js';
import type { LaneFilter, LaneSort, LaneView, PassView } from './lane-view.types.js';
import { brakeNotOn, laneAtRest, laneNotFound } from './lane.faults.js';

export type LaneAction =
  | { action: 'run_now'; mode: Extract<PassMode, 'full' | 'changes' | 'ids'> }
  | { action: 'pause' }
  | { action: 'resume' }
  | { action: 'release_brake' };

/** What operators do with lanes. */
@Injectable()
export class LaneService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LaneViewRepository) private readonly lanes: LaneViewRepository,
  ) {}

  list(filter: LaneFilter, page: Page<LaneSort>): Promise<LaneView[]> {
    return this.lanes.list(this.database.read, filter, page);
  }

  /** @throws Fault `lane_not_found` */
  async get(key: LaneKey): Promise<{ lane: LaneView; passes: PassView[] }> {
    const { read } = this.database;
    return { lane: await this.existing(read, key), passes: await this.lanes.passes(read, key) };
  }

  /** @throws Fault `lane_not_found`, `lane_at_rest`, `brake_not_on` */
  async act(tx: Transaction, key: LaneKey, action: LaneAction): Promise<LaneView> {
    const lane = await this.existing(tx, key);
    switch (action.action) {
      case 'run_now':
        if (lane.state === 'paused' || lane.state === 'resting') throw laneAtRest(lane.state);
        await this.lanes.runNow(tx, key, action.mode);
        break;
      case 'pause':
      case 'resume':
        await this.lanes.pause(tx, key, action.action === 'pause');
        break;
      case 'release_brake':
        if (!(await this.lanes.releaseBrake(tx, key))) throw brakeNotOn();
        await this.lanes.runNow(tx, key, 'full');
        break;
    }
    const after = await this.existing(tx, key);
    await recordEvent(tx, {
      subject: { kind: 'sync', id: lane.id },
      action: DONE[action.action],
      before: shown(lane),
      after: 'mode' in action ? { ...shown(after), mode: action.mode } : shown(after),
    });
    return after;
  }

  private async existing(tx: Transaction, key: LaneKey): Promise<LaneView> {
    const lane = await this.lanes.find(tx, key);
    if (!lane) throw laneNotFound(key);
    return lane;
  }
}

const DONE = { run_now: 'run_now', pause: 'paused', resume: 'resumed', release_brake: 'released' } as const;

const shown = ({ state, brake }: LaneView) => ({ state, brake: brake.state });
