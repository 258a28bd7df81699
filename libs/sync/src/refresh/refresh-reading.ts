import type { ObservedObject } from '../kind/observed.js';
import type { SyncKind } from '../kind/sync-kind.js';
import type { LaneClaim } from '../lane/lane.types.js';
import type { LaneKey } from '../observed/observed-store.js';
import { LaneWriter } from '../pass/lane-writer.js';
import { RefreshAbsences, type RefreshAbsencesParts } from './refresh-absences.js';

export interface RefreshReadingParts extends RefreshAbsencesParts {
  /** Told of each object that was read on its own, before it is written. */
  isNewer: (lane: LaneKey, id: string) => void;
}

/** Somebody waits for what was asked for by name: the second question comes sooner than those of a pass. */
const ASKED_AGAIN_MS = 1_000;

/** Reads objects of one lane by their ids, or by what they hang on, and writes how they are. */
export class RefreshReading<Context> {
  private readonly writer: LaneWriter;
  private readonly absences: RefreshAbsences;

  constructor(
    private readonly parts: RefreshReadingParts,
    private readonly kind: SyncKind<Context>,
    private readonly claim: LaneClaim,
    private readonly context: Context,
  ) {
    this.writer = new LaneWriter(parts, kind, claim);
    this.absences = new RefreshAbsences(parts, kind, claim);
  }

  /** Whether there is such an object. @throws LaneLost */
  async object(id: string): Promise<boolean> {
    let found = false;
    for (let ids = [id]; ids.length > 0; ids = this.writer.takeOvertaken()) found = await this.byId(ids);
    return found;
  }

  /** All that hangs on an object of another kind. @throws LaneLost */
  async children(parentId: string): Promise<void> {
    if (!this.kind.listOf) return;
    await this.writer.ask();
    const found = new Map<string, ObservedObject>();
    for await (const page of this.kind.listOf(this.context, parentId))
      for (const object of page) found.set(object.id, object);
    const known = await this.parts.store.idsOf(this.parts.database.read, this.claim, parentId);
    // It may hang on something else by now, or be gone.
    const elsewhere = await this.find(known.filter((each) => !found.has(each)));
    await this.note([...found.values(), ...elsewhere.found], elsewhere.absent);
    // What others read meanwhile is asked for once more.
    for (let ids = this.writer.takeOvertaken(); ids.length > 0; ids = this.writer.takeOvertaken())
      await this.byId(ids);
  }

  /** Whether all of them were found. */
  private async byId(ids: readonly string[]): Promise<boolean> {
    await this.writer.ask();
    const { found, absent } = await this.find(ids);
    await this.note(found, absent);
    return absent.length === 0;
  }

  private async find(ids: readonly string[]): Promise<{ found: ObservedObject[]; absent: string[] }> {
    const found: ObservedObject[] = [];
    const absent: string[] = [];
    for (const id of ids) {
      const object = await this.kind.find(this.context, id);
      if (object) found.push(object);
      else absent.push(id);
    }
    return { found, absent };
  }

  /** Not found once is not gone: the lane asks again soon. */
  private async note(found: readonly ObservedObject[], absent: readonly string[]): Promise<void> {
    const { database, lanes, store, isNewer } = this.parts;
    for (const id of [...found.map((object) => object.id), ...absent]) isNewer(this.claim, id);
    await this.writer.apply(found);
    const known = await store.known(database.read, this.claim, absent);
    const vanished = await this.absences.believed(absent.filter((id) => known.has(id)));
    if (vanished.length === 0) return;
    await this.writer.vanished(vanished);
    await lanes.confirmSoon(database.read, this.claim, ASKED_AGAIN_MS);
  }
}
