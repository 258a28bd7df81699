import { Fault } from '@ultron/kernel/fault';
import { change } from '@ultron/platform/database/statement';
import { openDatabase } from '@ultron/platform/database/open-database';
import { silentLog } from '@ultron/platform/logging/logger';
import { platformEntities } from '@ultron/platform/platform.entities';
import { wholeListing, type ObservedObject } from '../kind/observed.js';
import type { SyncKind } from '../kind/sync-kind.js';
import { MEMBER_TTL_MS } from '../membership/membership.rules.js';
import { ObservedRepository } from '../observed/observed.repository.js';
import { syncEntities } from '../sync.entities.js';
import { SyncEngine } from './sync-engine.js';

// A conductor in a process of its own, for tests that stop, continue and kill it: node conductor.fixture.js URL ID CLUSTER…
// Everything in its clusters changes all the time, and every write leaves a line in the table `journal`.

const [url = '', conductorId = '', ...clusterIds] = process.argv.slice(2);
const database = await openDatabase({
  url,
  entities: [...platformEntities, ...syncEntities],
  silenceS: MEMBER_TTL_MS / 1_000,
});

const now = (id: string): ObservedObject => ({
  id,
  name: id,
  projectId: null,
  status: `at ${Math.floor(Date.now() / 50)}`,
  parentId: null,
  revision: null,
  updatedAt: new Date(),
  fields: {},
});

const kind = (name: string): SyncKind<string> => ({
  kind: name,
  domain: 'compute',
  strategy: () => ({ changes: 'full', deletions: 'full' }),
  list: () => wholeListing(async () => [now('a'), now('b')]),
  find: async (_, id) => now(id),
  applied: async (tx, clusterId) => {
    await change(
      tx,
      `INSERT INTO journal (lane, epoch, conductor_id, at)
       SELECT CONCAT(cluster_id, '/', kind), epoch, ?, UTC_TIMESTAMP(6) FROM lane WHERE cluster_id = ? AND kind = ?`,
      [conductorId, clusterId, name],
    );
    // Signals often come in the middle of a transaction.
    await new Promise((resolve) => setTimeout(resolve, 20));
  },
});

const engine = new SyncEngine<string>({
  database,
  log: silentLog(),
  conductorId,
  name: conductorId,
  conductorGroup: 'default',
  domains: ['compute'],
  kinds: ['server', 'port', 'network', 'image', 'flavor'].map(kind),
  store: new ObservedRepository(),
  clusters: async () =>
    clusterIds.map((id) => ({
      id,
      name: id,
      caps: { has: () => true, hasService: () => true },
      tier: 'gold',
      resting: false,
    })),
  open: async (clusterId) => clusterId,
  classify: (error) => new Fault({ code: 'bug', category: 'bug', detail: String(error) }),
  times: { look: 50, balance: 500 },
});
engine.start();
process.stdout.write('started\n');
process.on('SIGTERM', () => void engine.stop().then(() => process.exit(0)));
