import { Fault } from '@ultron/kernel/fault';
import { openDatabase } from '@ultron/platform/database/open-database';
import { select } from '@ultron/platform/database/statement';
import { silentLog } from '@ultron/platform/logging/logger';
import { SyncEngine } from '@ultron/sync/engine/sync-engine';
import { wholeListing } from '@ultron/sync/kind/observed';
import type { SyncKind } from '@ultron/sync/kind/sync-kind';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import { LANE_ENTITIES } from './lane-database.js';

// One conductor of the bench of lanes: node lane-conductor.main.js URL ID CLUSTERS PROBED KIND…
// It owns what the engine gives it, and again and again tells when it could have written the probed lanes.

const [url = '', conductorId = '', clusterList = '', probedList = '', ...kindNames] = process.argv.slice(2);
const clusterIds = clusterList.split(',');
const probed = probedList.split(',').filter(Boolean);
const PAUSE_MS = 4;

const database = await openDatabase({ url, entities: LANE_ENTITIES });
const probes = await openDatabase({ url, entities: LANE_ENTITIES, poolSize: 10 });
const lanes = new LaneRepository();

const kinds = kindNames.map((kind): SyncKind<string> => ({
  kind,
  domain: 'compute',
  strategy: () => ({ changes: 'full', deletions: 'full' }),
  list: () => wholeListing(async () => []),
  find: async () => null,
}));

const engine = new SyncEngine<string>({
  database,
  log: silentLog(),
  conductorId,
  name: conductorId,
  conductorGroup: 'default',
  domains: ['compute'],
  kinds,
  store: new ObservedRepository(),
  clusters: async () =>
    clusterIds.map((id) => ({
      id,
      name: id,
      caps: { has: () => true, hasService: () => true },
      tier: 'bronze',
      resting: false,
    })),
  open: async (clusterId) => clusterId,
  classify: (error) => new Fault({ code: 'bug', category: 'bug', detail: String(error), cause: error }),
});

/** Holds the lane for a moment, as whoever writes it must, and tells when; whether it is this conductor's. */
async function probe(lane: string): Promise<boolean> {
  const [clusterId = '', kind = ''] = lane.split('/');
  const [row] = await select<{ epoch: number; owner_id: string | null }>(
    probes.read,
    'SELECT epoch, owner_id FROM lane WHERE cluster_id = ? AND kind = ?',
    [clusterId, kind],
  );
  if (row?.owner_id !== conductorId) return false;
  try {
    const us = await probes.transaction(async (tx) => {
      await lanes.hold(tx, { clusterId, kind, conductorId, epoch: row.epoch });
      const [now] = await select<{ us: string }>(
        tx,
        `SELECT TIMESTAMPDIFF(MICROSECOND, '2020-01-01', UTC_TIMESTAMP(6)) AS us`,
      );
      return now?.us;
    });
    process.stdout.write(`${lane} ${us}\n`);
    return true;
  } catch {
    return false;
  }
}

engine.start();
for (const lane of probed) {
  void (async () => {
    for (;;) {
      await probe(lane);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
}
process.stdout.write('started\n');
process.on('SIGTERM', () => void engine.stop().then(() => process.exit(0)));
