import { systemClock } from '@ultron/kernel/clock';
import { Endpoints } from './auth/endpoints.js';
import { Keystone } from './auth/keystone.js';
import { SessionSource } from './auth/session-source.js';
import type { Session } from './auth/session.js';
import type { CallOptions } from './call.js';
import type { CloudOptions } from './cloud.options.js';
import { ComputeService } from './compute/compute.service.js';
import { IdentityService } from './identity/identity.service.js';
import { ImageService } from './image/image.service.js';
import { NetworkService } from './network/network.service.js';
import { PlacementService } from './placement/placement.service.js';
import { ServiceClient } from './service-client.js';
import { ClusterTraffic } from './traffic/cluster-traffic.js';
import { AuthenticatedCaller } from './transport/authenticated-caller.js';
import { CallScope } from './transport/call-scope.js';
import { Caller } from './transport/caller.js';
import { unreadableError } from './transport/caller.errors.js';
import { globalRequestId } from './transport/request-id.js';
import { DEFAULT_TIMEOUTS } from './transport/timeouts.js';
import type { Capabilities } from './version/capabilities.js';
import { Discovery, type ReadDocument } from './version/discovery.js';

const DISCOVERY_TTL_MS = 10 * 60_000;

/** One OpenStack cluster as one project sees it. Nothing is sent before the first call. */
export class Cloud {
  readonly compute: ComputeService;
  readonly network: NetworkService;
  readonly image: ImageService;
  readonly placement: PlacementService;
  readonly identity: IdentityService;
  readonly traffic: ClusterTraffic;
  private readonly sessions: SessionSource;
  private readonly discovery: Discovery;

  constructor(private readonly options: CloudOptions) {
    const { cluster, auth, clock = systemClock, random = Math.random } = options;
    const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.traffic = options.traffic ?? new ClusterTraffic({ clock, random });
    const { attempts = 3, observer } = options;
    const caller = new Caller({
      cluster,
      traffic: this.traffic,
      timeouts,
      attempts,
      observer,
      clock,
      random,
    });
    const keystone = new Keystone(caller, { cluster, auth, clock, random });
    this.sessions = new SessionSource((call) => keystone.logIn(call), clock);
    const endpoints = new Endpoints(options, keystone.endpoint);
    const authenticated = new AuthenticatedCaller(
      caller,
      this.sessions,
      endpoints,
      cluster,
      projectOf(options),
    );
    this.discovery = new Discovery(reader(authenticated, cluster, timeouts.deadlineMs), this.sessions, {
      ttlMs: options.discoveryTtlMs ?? DISCOVERY_TTL_MS,
      clock,
      choice: endpoints.choice,
      extraServices: Object.keys(options.endpoints ?? {}),
    });
    const api = (service: string): ServiceClient =>
      new ServiceClient(authenticated, this.discovery, { cluster, service, deadlineMs: timeouts.deadlineMs });
    this.compute = new ComputeService(api('compute'));
    this.network = new NetworkService(api('network'));
    this.image = new ImageService(api('image'));
    this.placement = new PlacementService(api('placement'));
    this.identity = new IdentityService(api('identity'));
  }

  get cluster(): string {
    return this.options.cluster;
  }

  /** Logs in when there is no session, and says as whom. */
  session(call?: CallOptions): Promise<Session> {
    return this.sessions.current(call);
  }

  /** The id of the project that is logged in; empty for a session without a project. */
  async projectId(call?: CallOptions): Promise<string> {
    return (await this.sessions.current(call)).project?.id ?? '';
  }

  /** What the cluster can do, asked of every service anew. */
  capabilities(call?: CallOptions): Promise<Capabilities> {
    return this.discovery.capabilities(call);
  }

  /** Breaks the connections, unless the traffic is shared and so belongs to somebody else. */
  async close(): Promise<void> {
    if (!this.options.traffic) await this.traffic.close();
  }
}

function projectOf({ auth }: CloudOptions): string {
  return auth.password?.projectId ?? auth.password?.projectName ?? auth.applicationCredential?.id ?? '';
}

/** Version documents are read within a deadline of their own, since many calls may wait for one of them. */
function reader(caller: AuthenticatedCaller, cluster: string, deadlineMs: number): ReadDocument {
  return async <T>(
    service: string,
    place: (endpoint: string) => string,
    call: CallOptions | undefined,
  ): Promise<T> => {
    const scope = new CallScope(undefined, deadlineMs);
    let url = new URL('http://endpoint.invalid');
    try {
      const answer = await caller.call({
        service,
        method: 'GET',
        url: (endpoint) => (url = new URL(place(endpoint))),
        call,
        scope,
      });
      try {
        return JSON.parse(answer.body.toString('utf8')) as T;
      } catch {
        const request = {
          service,
          method: 'GET' as const,
          url,
          scope,
          globalRequestId: globalRequestId(call),
        };
        throw unreadableError(cluster, request, answer);
      }
    } finally {
      scope.dispose();
    }
  };
}
