import { Inject, Injectable } from '@nestjs/common';
import { ClusterObservations } from '@ultron/cluster/cluster/cluster-observation.service';
import { ClusterReprobes } from '@ultron/cluster/cluster/cluster-reprobe.service';
import { RefreshRepository } from '@ultron/cluster/refresh/refresh.repository';
import { SchedulerService } from '@ultron/cluster/scheduler/scheduler.service';
import { FlavorRepository } from '@ultron/compute/flavor/flavor.repository';
import { ImageRepository } from '@ultron/compute/image/image.repository';
import { OfferService } from '@ultron/compute/offer/offer.service';
import { SchedulingDecisionRepository } from '@ultron/compute/scheduling-decision/scheduling-decision.repository';
import { ServerObservationRepository } from '@ultron/compute/server/server-observation.repository';
import { ServerSpecRepository } from '@ultron/compute/server/server-spec.repository';
import { ServerRepository } from '@ultron/compute/server/server.repository';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { PortRepository } from '@ultron/network/port/port.repository';
import { Database } from '@ultron/platform/database/database.service';
import { LockService } from '@ultron/platform/lock/lock.service';
import { Log } from '@ultron/platform/logging/logger';
import { IdempotencyRepository } from '@ultron/platform/idempotency/idempotency.repository';
import { Retention } from '@ultron/platform/retention/retention';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import { TraceWriter } from '@ultron/platform/trace/trace-writer';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import { TaskEngine } from '@ultron/tasks/engine/task-engine';
import { TaskWaits } from '@ultron/tasks/engine/task-waits';
import { TaskService } from '@ultron/tasks/task/task.service';
import { SAGAS } from './catalog.js';
import { ClusterRefresh } from './cluster/cluster-refresh.js';
import { HostRatios } from './cluster/host-ratios.js';
import { ServerWatcher } from './compute/server.watcher.js';
import type { ConductorConfig } from './conductor.config.js';
import type { ConductorDeps } from './conductor.deps.js';
import { PortBatch } from './network/port-batch.js';
import { callObserver } from './openstack/call.observer.js';
import { CloudPool } from './openstack/cloud-pool.js';
import { classify } from './openstack/openstack-fault.translate.js';

export const CONDUCTOR_CONFIG = Symbol('the configuration of the conductor');

/** All that a conductor does: it runs tasks, watches for those that wait, and keeps what is known of clusters fresh. */
@Injectable()
export class ConductorWork {
  private readonly clouds: CloudPool;
  private readonly engine: TaskEngine<ConductorDeps>;
  private readonly watcher: ServerWatcher;
  private readonly refresh: ClusterRefresh;
  private readonly retention: Retention;

  constructor(
    @Inject(CONDUCTOR_CONFIG) private readonly config: ConductorConfig,
    @Inject(Log) private readonly log: Log,
    @Inject(Database) private readonly database: Database,
    @Inject(TraceWriter) private readonly traces: TraceWriter,
    @Inject(LockService) locks: LockService,
    @Inject(TaskService) tasks: TaskService,
    @Inject(TaskWaits) waits: TaskWaits,
    @Inject(ClusterObservations) observations: ClusterObservations,
    @Inject(ClusterReprobes) reprobes: ClusterReprobes,
    @Inject(RefreshRepository) refreshes: RefreshRepository,
    @Inject(SchedulerService) scheduler: SchedulerService,
    @Inject(OfferService) offers: OfferService,
    @Inject(FlavorRepository) flavors: FlavorRepository,
    @Inject(ImageRepository) images: ImageRepository,
    @Inject(NetworkRepository) networks: NetworkRepository,
    @Inject(SecurityGroupRepository) securityGroups: SecurityGroupRepository,
    @Inject(PortRepository) ports: PortRepository,
    @Inject(ServerRepository) servers: ServerRepository,
    @Inject(ServerSpecRepository) serverSpecs: ServerSpecRepository,
    @Inject(ServerObservationRepository) serverObservations: ServerObservationRepository,
    @Inject(SchedulingDecisionRepository) decisions: SchedulingDecisionRepository,
  ) {
    const observer = callObserver(traces, log);
    this.retention = new Retention(database, new IdempotencyRepository(), new TraceRepository(), log);
    const clouds = new CloudPool(observations, observer);
    this.clouds = clouds;
    const portBatch = new PortBatch({ portsOf: async (id) => (await clouds.get(id)).network.ports });
    const deps: ConductorDeps = {
      database,
      clouds,
      portBatch,
      observer,
      observations,
      ratios: new HostRatios(),
      tasks,
      scheduler,
      offers,
      flavors,
      images,
      networks,
      securityGroups,
      ports,
      servers,
      serverSpecs,
      serverObservations,
      decisions,
    };
    const { conductorGroup, capacityMs, inventoryMs } = config;
    this.engine = new TaskEngine({ ...config, database, log, sagas: SAGAS, deps, classify });
    this.watcher = new ServerWatcher({
      waits,
      clouds,
      database,
      log,
      conductorGroup,
      observations: serverObservations,
      locks,
    });
    this.refresh = new ClusterRefresh(
      { ...deps, refreshes, reprobes, log },
      { conductorGroup, capacityMs, inventoryMs },
    );
  }

  /** @throws when the database is away: nothing can be done without it; start again later. */
  async start(): Promise<void> {
    await this.engine.start();
    this.retention.start();
    if (this.config.domains.includes('compute')) this.watcher.start();
    if (this.config.domains.includes('cluster')) this.refresh.start();
  }

  /** Hands back what is unfinished, and returns within about two seconds. */
  async stop(): Promise<void> {
    this.retention.stop();
    await Promise.all([this.engine.stop(), this.watcher.stop(), this.refresh.stop()]);
    await this.clouds.close();
    await this.traces.flush();
  }

  async databaseAnswers(): Promise<boolean> {
    try {
      await this.database.read.query('SELECT 1');
      return true;
    } catch (error) {
      this.log.debug('the database does not answer', { reason: String(error) });
      return false;
    }
  }
}
