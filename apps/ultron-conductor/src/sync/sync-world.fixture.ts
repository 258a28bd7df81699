import { newId } from '@ultron/kernel/id';
import type { CloudPool } from '../openstack/cloud-pool.js';
import type { SyncEngine } from '@ultron/sync/engine/sync-engine';
import {
  ObservedReader,
  type ObservedFilter,
  type StoredObject,
} from '@ultron/sync/observed/observed.reader';
import { eventually } from '@ultron/testing/world/eventually';
import type { TestWorld } from '@ultron/testing/world/test-world';
import { SYNCS } from '../catalog.js';
import type { ClusterSync } from './cluster-sync.js';
import { syncWork } from './sync-work.js';

/** A sync engine on a world of tests, with quick times, and what it has seen. */
export class SyncWorld {
  private readonly reader = new ObservedReader();

  private constructor(
    private readonly world: TestWorld,
    readonly engine: SyncEngine<ClusterSync>,
  ) {}

  static async start(world: TestWorld, clouds: Pick<CloudPool, 'get'>): Promise<SyncWorld> {
    const { database, log } = world;
    await database.read.query(
      'UPDATE sync_tier SET objective_ms = 600, changes_ms = 200, ids_ms = 300, full_ms = 2000',
    );
    const engine = syncWork({
      database,
      log,
      clouds,
      conductorId: newId(),
      name: 'test',
      conductorGroup: 'default',
      domains: ['cluster', 'network', 'compute'],
      kinds: SYNCS,
      times: { look: 20, balance: 100, census: 200, spread: 10 },
    });
    world.onClose(() => engine.stop());
    engine.start();
    return new SyncWorld(world, engine);
  }

  /** What is known of a kind in a cluster, gone objects only when asked for. */
  list(clusterId: string, kind: string, filter: Partial<ObservedFilter> = {}): Promise<StoredObject[]> {
    const page = { limit: 1000, sort: 'id', order: 'asc' } as const;
    return this.reader.list(this.world.database.read, { clusterId, kind, ...filter }, page);
  }

  find(clusterId: string, kind: string, id: string): Promise<StoredObject | null> {
    return this.reader.find(this.world.database.read, { clusterId, kind }, id);
  }

  /** The object once it is as it should be. */
  async seen(
    clusterId: string,
    kind: string,
    id: string,
    good: (object: StoredObject) => boolean = () => true,
  ): Promise<StoredObject> {
    const found = await eventually(
      () => this.find(clusterId, kind, id),
      (object) => object !== null && good(object),
    );
    if (!found) throw new Error(`${kind} ${id} was not seen`);
    return found;
  }

  /** Lanes are read when the test wants it, and hardly ever by themselves. */
  async slowDown(): Promise<void> {
    await this.world.database.read.query(
      'UPDATE sync_tier SET objective_ms = 86400000, changes_ms = 86400000, ids_ms = 86400000, full_ms = 86400000',
    );
  }

  /** Has a lane read like that, and waits until it was. */
  async pass(
    clusterId: string,
    kind: string,
    mode: 'full' | 'changes',
  ): Promise<{ outcome: string; written: number }> {
    const { read } = this.world.database;
    const [now] = await read.query<{ now: string }[]>('SELECT CAST(UTC_TIMESTAMP(6) AS CHAR) AS now');
    await read.query(
      `UPDATE lane SET ${mode}_due_at = UTC_TIMESTAMP(6),
         next_due_at = IF(pass_started_at IS NULL, UTC_TIMESTAMP(6), next_due_at)
       WHERE cluster_id = ? AND kind = ?`,
      [clusterId, kind],
    );
    const [lane] = await eventually(
      () =>
        read.query<{ outcome: string; written: number }[]>(
          `SELECT last_outcome AS outcome, written_count AS written FROM lane
           WHERE cluster_id = ? AND kind = ? AND ${mode}_at >= ?`,
          [clusterId, kind, now?.now],
        ),
      (lanes) => lanes.length > 0,
    );
    if (!lane) throw new Error(`${kind} was not read`);
    return lane;
  }

  /** Until every lane of the cluster has been read in full once more. */
  async fullPass(clusterId: string): Promise<{ kind: string; written: number; outcome: string }[]> {
    const { read } = this.world.database;
    const [now] = await read.query<{ now: string }[]>('SELECT CAST(UTC_TIMESTAMP(6) AS CHAR) AS now');
    await read.query(
      `UPDATE lane SET full_due_at = UTC_TIMESTAMP(6), next_due_at = UTC_TIMESTAMP(6)
       WHERE cluster_id = ? AND resting = 0`,
      [clusterId],
    );
    return eventually(
      () =>
        read.query<{ kind: string; written: number; outcome: string; late: number }[]>(
          `SELECT kind, written_count AS written, last_outcome AS outcome,
             (full_at IS NULL OR full_at < ?) AS late FROM lane WHERE cluster_id = ? AND resting = 0`,
          [now?.now, clusterId],
        ),
      (lanes) => lanes.length > 0 && lanes.every(({ late }) => !Number(late)),
    );
  }
}
