import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ConductorGroupRepository } from '@ultron/cluster/conductor-group/conductor-group.repository';
import { GroupClustersRepository } from '@ultron/cluster/conductor-group/group-clusters.repository';
import { ClusterReprobes } from '@ultron/cluster/cluster/cluster-reprobe.service';
import { RefreshRepository } from '@ultron/cluster/refresh/refresh.repository';
import { Database } from '@ultron/platform/database/database.service';
import { LockService } from '@ultron/platform/lock/lock.service';
import { Log } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import { Retention } from '@ultron/platform/retention/retention';
import { TraceWriter } from '@ultron/platform/trace/trace-writer';
import { NotificationSourceService } from '@ultron/reconcile/notification-source/notification-source.service';
import { ReconcileRounds } from '@ultron/reconcile/round/reconcile-rounds';
import { HourlyReport } from '@ultron/report/hourly-report';
import { RefreshService } from '@ultron/sync/refresh/refresh.service';
import { TaskEngine } from '@ultron/tasks/engine/task-engine';
import { TaskWaits } from '@ultron/tasks/engine/task-waits';
import { SAGAS, SYNCS } from './catalog.js';
import { ClusterRefresh } from './cluster/cluster-refresh.js';
import { TaskHoming } from './cluster/task-homing.js';
import { ServerWatcher } from './compute/server.watcher.js';
import type { ConductorConfig } from './conductor.config.js';
import type { ConductorDeps } from './conductor.deps.js';
import { conductorParts } from './conductor.parts.js';
import { planKeeping } from './network/plan-keeping.js';
import type { PlanKeeper } from './network/plan-keeper.js';
import { showTraffic } from './openstack/traffic.metrics.js';
import { ReconcileWork } from './reconcile/reconcile.work.js';
import { SHORT_LIVED } from './short-lived.js';
import { classify } from './openstack/openstack-fault.translate.js';
import { SyncRunner } from './sync/sync-runner.js';

export const CONDUCTOR_CONFIG = Symbol('the configuration of the conductor');

/** All that a conductor does: it runs tasks, watches for those that wait, and keeps what is known of clusters fresh. */
@Injectable()
export class ConductorWork {
  private readonly parts: ConductorDeps;
  private readonly engine: TaskEngine<ConductorDeps>;
  private readonly watcher: ServerWatcher;
  private readonly refresh: ClusterRefresh;
  private readonly sync: SyncRunner;
  private readonly homing: TaskHoming;
  private readonly reconciling: ReconcileWork;
  private readonly planKeeper: PlanKeeper;
  private readonly retention: Retention;

  constructor(
    @Inject(CONDUCTOR_CONFIG) private readonly config: ConductorConfig,
    @Inject(ModuleRef) modules: ModuleRef,
    @Inject(Log) private readonly log: Log,
    @Inject(Database) private readonly database: Database,
    @Inject(TraceWriter) private readonly traces: TraceWriter,
    @Inject(TaskWaits) waits: TaskWaits,
    @Inject(LockService) locks: LockService,
    @Inject(ClusterReprobes) reprobes: ClusterReprobes,
    @Inject(RefreshRepository) refreshes: RefreshRepository,
    @Inject(RefreshService) laneRefreshes: RefreshService,
    @Inject(ReconcileRounds) rounds: ReconcileRounds,
    @Inject(NotificationSourceService) service: NotificationSourceService,
    @Inject(HourlyReport) report: HourlyReport,
  ) {
    const parts = conductorParts(modules);
    const { conductorGroup, capacityMs, inventoryMs } = config;
    this.parts = parts;
    showTraffic(metrics, () => parts.clouds.traffic());
    this.engine = new TaskEngine({ ...config, database, log, sagas: SAGAS, deps: parts, classify });
    this.watcher = new ServerWatcher({
      ...parts,
      observations: parts.serverObservations,
      waits,
      locks,
      log,
      conductorGroup,
    });
    this.refresh = new ClusterRefresh(
      { ...parts, refreshes, reprobes, log },
      { conductorGroup, capacityMs, inventoryMs },
    );
    this.sync = new SyncRunner({
      ...config,
      log,
      clouds: parts.clouds,
      conductorId: this.engine.conductorId,
      name: hostname(),
      kinds: SYNCS,
    });
    this.homing = new TaskHoming({
      database,
      log,
      conductorGroup,
      tasks: parts.tasks,
      groups: new ConductorGroupRepository(),
      clusters: new GroupClustersRepository(),
    });
    const { conductorId } = this.engine;
    this.reconciling = new ReconcileWork({
      database,
      log,
      conductorGroup,
      conductorId,
      refreshes: laneRefreshes,
      rounds,
      service,
      report,
    });
    this.planKeeper = planKeeping(modules, parts, { conductorGroup, locks, log });
    this.retention = new Retention(database, SHORT_LIVED, log);
  }

  /** @throws when the database is away: nothing can be done without it; start again later. */
  async start(): Promise<void> {
    await this.tellIfUnknown();
    await this.engine.start();
    try {
      await this.sync.start();
    } catch (error) {
      await this.engine.stop();
      throw error;
    }
    this.retention.start();
    if (this.config.domains.includes('compute')) this.watcher.start();
    if (this.config.domains.includes('cluster')) this.refresh.start();
    if (this.config.domains.includes('cluster')) this.reconciling.start();
    if (this.config.domains.includes('network')) this.planKeeper.start();
    this.homing.start();
  }

  /** A misspelt group is no fault: it may be registered later. Until then nothing is done. */
  private async tellIfUnknown(): Promise<void> {
    const { conductorGroup } = this.config;
    const groups = await new ConductorGroupRepository().names(this.database.read);
    if (groups.includes(conductorGroup)) return;
    this.log.warn('there is no conductor group of this name: no cluster is served until it is made', {
      group: conductorGroup,
      groups,
    });
  }

  /** Hands back what is unfinished, and returns within about two seconds. */
  async stop(): Promise<void> {
    this.retention.stop();
    await Promise.all([
      this.engine.stop(),
      this.watcher.stop(),
      this.refresh.stop(),
      this.reconciling.stop(),
      this.sync.stop(),
      this.homing.stop(),
      this.planKeeper.stop(),
    ]);
    await this.parts.clouds.close();
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
