import type { Database } from '@ultron/platform/database/database.service';
import type { SyncKind } from '../kind/sync-kind.js';
import type { LaneRepository } from '../lane/lane.repository.js';
import type { LaneClaim } from '../lane/lane.types.js';
import type { ObservedStore } from '../observed/observed-store.js';
import { brakeAfter } from '../pass/brake.rules.js';
import type { RefreshRequestRepository } from './refresh-request.repository.js';

export interface RefreshAbsencesParts {
  database: Database;
  lanes: LaneRepository;
  store: ObservedStore;
  requests: Pick<RefreshRequestRepository, 'fullSoon'>;
}

/** So many missing and gone objects are counted at most. */
const COUNTED = 1_000;

/**
 * Whether to believe a cluster that says of single objects that they are not there: one that lies says so of
 * one after the other, as fast as they are asked for. So what is missing, and what is gone since everything was last listed,
 * counts for the brake together with what vanishes now. The brake itself is put on by the list of everything.
 */
export class RefreshAbsences {
  constructor(
    private readonly parts: RefreshAbsencesParts,
    private readonly kind: Pick<SyncKind<never>, 'expectedGone'>,
    private readonly claim: LaneClaim,
  ) {}

  /** Those of the ids, which are all known, that may be taken for missing. */
  async believed(ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return ids;
    const { database, lanes, store, requests } = this.parts;
    const { read } = database;
    const lane = await lanes.find(read, this.claim);
    if (!lane) return [];
    const missing = await store.missing(read, this.claim, COUNTED);
    const gone = await store.goneSinceFull(read, this.claim, COUNTED);
    const unseen = [...new Set([...missing.map(({ id }) => id), ...gone, ...ids])];
    const expected = new Set(await this.kind.expectedGone?.(read, this.claim.clusterId, unseen));
    const known = (await store.count(read, this.claim)) + gone.length;
    const vanishing = { known, unseen: unseen.length - expected.size, whole: false };
    const state = brakeAfter(lane.brake, vanishing, lane.brakeUnseen, lane.tier.brake);
    if (state !== 'on') return ids;
    if (lane.brake !== 'on') await requests.fullSoon(read, this.claim);
    return ids.filter((id) => expected.has(id));
  }
}
