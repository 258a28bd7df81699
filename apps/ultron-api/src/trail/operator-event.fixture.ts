import { expect } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { RoundRepository } from '@ultron/reconcile/round/round.repository';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { LaneConductorRepository } from '@ultron/sync/membership/lane-conductor.repository';
import { ConductorRepository } from '@ultron/tasks/conductor/conductor.repository';
import { type Ask, TestApi } from '../testing/api.fixture.js';
import { addProbedClusters } from '../testing/compute.fixture.js';

export interface Event {
  id: string;
  subject_kind: string;
  subject_id: string;
  action: string;
  before: object | null;
  after: object | null;
  reason: string | null;
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

/** A version that nothing has. */
export const STALE = { 'if-match': '"99"' };

/** An API with a cluster, a lane and a conductor, and what its operators leave in the trail. */
export class TrailWorld {
  private constructor(
    readonly api: TestApi,
    readonly clusterId: string,
    /** As whom the requests are recorded. */
    readonly actor: string,
    readonly conductorId: string,
  ) {}

  static async start(): Promise<TrailWorld> {
    const api = await TestApi.start();
    const clusterId = (await addProbedClusters(api, { 'east-1': 100 })).get('east-1') ?? '';
    const database = api.app.get(Database, { strict: false });
    await api.app.get(RoundRepository, { strict: false }).ensure(database.read);
    await new LaneRepository().ensure(
      database.read,
      [
        {
          clusterId,
          kind: 'server',
          domain: 'compute',
          conductorGroup: 'default',
          tier: 'silver',
          strategy: { changes: 'changes_since', deletions: 'ids' },
          slowness: 1,
          resting: false,
        },
      ],
      0,
    );
    const conductor = { id: newId(), name: 'c-1', domains: ['compute'] };
    await new LaneConductorRepository().beat(database.read, { ...conductor, conductorGroup: 'default' });
    await new ConductorRepository().register(database.read, {
      ...conductor,
      conductor_group: 'default',
      host: 'h',
      pid: 1,
    });
    const tokens = await api.ask('GET', '/v1/tokens');
    const token = (tokens.body['tokens'] as { id: string }[])[0]?.id ?? '';
    return new TrailWorld(api, clusterId, `token ${token}`, conductor.id);
  }

  get database(): Database {
    return this.api.app.get(Database, { strict: false });
  }

  close(): Promise<void> {
    return this.api.close();
  }

  async eventsOf(query: string): Promise<Event[]> {
    const { body } = await this.api.ask('GET', `/v1/operator_events?${query}`);
    return body['operator_events'] as Event[];
  }

  /** What came into the trail while the request was answered. */
  async trailOf(method: string, path: string, { headers, ...ask }: Ask = {}) {
    const [last] = await this.eventsOf('limit=1');
    const traced = { ...ask, headers: { ...headers, traceparent: TRACEPARENT } };
    const answer = await this.api.ask(method, path, traced);
    const all = await this.eventsOf('limit=1000');
    return { answer, events: all.slice(0, last ? all.findIndex(({ id }) => id === last.id) : all.length) };
  }

  async expectOne(
    method: string,
    path: string,
    ask: Ask,
    event: Partial<Event> & Pick<Event, 'subject_kind' | 'action'>,
  ): Promise<Record<string, unknown>> {
    const { answer, events } = await this.trailOf(method, path, ask);
    expect({ [`${method} ${path}`]: answer.status < 300, body: answer.body }).toMatchObject({
      [`${method} ${path}`]: true,
    });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      actor: this.actor,
      trace_id: TRACE,
      at: expect.any(String),
      ...event,
    });
    return answer.body;
  }

  async expectNone(method: string, path: string, ask: Ask, status: number): Promise<void> {
    const { answer, events } = await this.trailOf(method, path, ask);
    expect(answer.status).toBe(status);
    expect(events).toEqual([]);
  }
}
