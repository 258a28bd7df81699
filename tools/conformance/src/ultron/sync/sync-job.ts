import { OpenstackClient } from '@ultron/openstack-sim/testing/openstack-client';
import type { ClusterAccess } from '../../shape/raw-cloud.js';
import { eventually } from '../../target/eventually.js';
import type { Target } from '../../target/target.js';
import { MainJob } from '../main-job.js';

/** What of an object of a cluster the suite looks at. */
export interface ObjectBody {
  id: string;
  name: string | null;
  /** OpenStack's project. */
  project: string | null;
  status: string | null;
  presence: 'present' | 'missing' | 'gone';
  parent: string | null;
  ultron_id: string | null;
  fields: Record<string, unknown>;
}

export interface LaneBody {
  kind: string;
  state: string;
  conductor_group: string;
  cluster: { id: string; name: string };
  owner: { id: string; alive: boolean } | null;
  next_due_at: string;
  running: unknown;
}

interface ConductorBody {
  id: string;
  pid: number;
  conductor_group: string;
  alive: boolean;
  lanes: number;
}

/** An object by its id there, or by its name where only Ultron knows the id. */
export type Wanted = { id: string } | { name: string };

/** An Ultron that knows some clusters, and somebody who does things in one of them with the `openstack` command. */
export class SyncJob {
  private constructor(
    readonly job: MainJob,
    readonly access: ClusterAccess,
    readonly clusterId: string,
    private readonly client: OpenstackClient,
  ) {}

  /** The first of the target's clusters is the one in which things are done. */
  static async start(target: Target): Promise<SyncJob> {
    const [sync] = await SyncJob.startIn(target, (clusters) => clusters.slice(0, 1));
    if (!sync) throw new Error('the target has no cluster');
    return sync;
  }

  /** One for each of the target's clusters, over the same Ultron: to stop one of them is to stop it for all. */
  static startEverywhere(target: Target): Promise<SyncJob[]> {
    return SyncJob.startIn(target, (clusters) => clusters);
  }

  private static async startIn(
    target: Target,
    choose: (clusters: readonly ClusterAccess[]) => readonly ClusterAccess[],
  ): Promise<SyncJob[]> {
    const client = await OpenstackClient.find();
    const job = await MainJob.start(target);
    return Promise.all(choose(job.target.clusters).map((access) => SyncJob.of(job, access, client)));
  }

  private static async of(job: MainJob, access: ClusterAccess, client: OpenstackClient): Promise<SyncJob> {
    const { clusters } = await job.ultron.must<{ clusters: { id: string }[] }>(
      'GET',
      `/v1/clusters?name=${access.name}`,
    );
    const sync = new SyncJob(job, access, clusters[0]?.id ?? '', client);
    await sync.tier('gold');
    return sync;
  }

  tier(tier: string): Promise<unknown> {
    return this.job.ultron.must('PUT', `/v1/sync_tier_assignments/cluster/${this.clusterId}`, { tier });
  }

  /** Runs `openstack …` as a user of the cluster. */
  openstack(...args: string[]): Promise<string> {
    return this.client.openstack({ ...this.access, idc: undefined }, args);
  }

  /** As `openstack`, and answers what it says of the object. */
  made<Body = { id: string }>(...args: string[]): Promise<Body> {
    return this.client.json<Body>({ ...this.access, idc: undefined }, args);
  }

  async object(kind: string, wanted: Wanted): Promise<ObjectBody | undefined> {
    const objects = `/v1/clusters/${this.clusterId}/objects`;
    if ('name' in wanted) {
      const page = await this.job.ultron.must<{ objects: ObjectBody[] }>(
        'GET',
        `${objects}?kind=${kind}&name=${encodeURIComponent(wanted.name)}`,
      );
      return page.objects[0];
    }
    const reply = await this.job.ultron.call<ObjectBody>(
      'GET',
      `${objects}/${kind}/${encodeURIComponent(wanted.id)}`,
    );
    return reply.status === 200 ? reply.body : undefined;
  }

  /** Everything of a kind that is there as far as Ultron knows. */
  async objects(kind: string): Promise<ObjectBody[]> {
    const page = await this.job.ultron.must<{ objects: ObjectBody[] }>(
      'GET',
      `/v1/clusters/${this.clusterId}/objects?kind=${kind}&limit=1000`,
    );
    return page.objects;
  }

  /** The object once Ultron shows it so. */
  shows(
    kind: string,
    wanted: Wanted,
    what: string,
    good: (object: ObjectBody) => boolean,
    seconds = 120,
  ): Promise<ObjectBody> {
    return eventually(
      `${kind} ${Object.values(wanted).join()} ${what}`,
      async () => {
        const found = await this.object(kind, wanted);
        return found && good(found) ? found : undefined;
      },
      { seconds },
    );
  }

  isGone(kind: string, id: string): Promise<ObjectBody> {
    return this.shows(kind, { id }, 'is gone', ({ presence }) => presence === 'gone');
  }

  /** The lanes of the cluster. */
  async lanes(): Promise<LaneBody[]> {
    const { syncs } = await this.job.ultron.must<{ syncs: LaneBody[] }>(
      'GET',
      `/v1/syncs?limit=1000&cluster=${this.access.name}`,
    );
    return syncs;
  }

  async conductors(): Promise<ConductorBody[]> {
    const { conductors } = await this.job.ultron.must<{ conductors: ConductorBody[] }>(
      'GET',
      '/v1/conductors',
    );
    return conductors;
  }

  /** Has the conductor with this pid drained, or work again. */
  async drain(pid: number, action: 'drain' | 'undrain'): Promise<void> {
    const conductor = (await this.conductors()).find((each) => each.pid === pid && each.alive);
    if (!conductor) throw new Error(`no conductor has the pid ${pid}`);
    await this.job.ultron.must('POST', `/v1/conductors/${conductor.id}/actions`, { action });
  }

  stop(): Promise<void> {
    return this.job.stop();
  }
}
