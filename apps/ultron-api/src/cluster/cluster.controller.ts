import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import type { ClusterSort } from '@ultron/cluster/cluster/cluster.repository';
import { type ClusterAndTask, ClusterService } from '@ultron/cluster/cluster/cluster.service';
import type { TaskOrigin } from '@ultron/cluster/cluster/cluster-probe.task';
import type { ClusterChanges } from '@ultron/cluster/cluster/cluster.types';
import type { Caller } from '@ultron/identity/caller/caller';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { OpenCircuitRepository } from '@ultron/sync/circuit/open-circuit.repository';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { checkIfMatch, etagOf } from '../http/reply/etag.js';
import { accepted, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { credentialOf } from './cluster-credential.rules.js';
import { ClusterCreateBody, ClusterPatchBody, ClusterQuery } from './cluster.dto.js';
import { ClusterMappingReader } from './cluster-mapping.reader.js';
import { clusterBrief, clusterDetailView, clusterView } from './cluster.presenter.js';
import {
  ClusterAccepted,
  ClusterChanged,
  ClusterDetailView,
  ClusterList,
  ClusterView,
} from './cluster.view.js';

const TAG = 'Clusters';

@Controller('v1/clusters')
export class ClusterController {
  constructor(
    private readonly clusters: ClusterService,
    private readonly mappings: ClusterMappingReader,
    private readonly circuits: OpenCircuitRepository,
    private readonly tasks: TaskService,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Operation({
    id: 'registerCluster',
    tag: TAG,
    summary: 'Register a cluster',
    description:
      'A conductor of its group then looks at it: the task says what was found, or what is wrong with the address, ' +
      'the credential, the region or the release. Until that has succeeded nothing is placed there.',
    access: 'admin',
    replies: { 202: { shape: ClusterAccepted, description: 'The cluster and the task that probes it.' } },
    problems: { 409: 'cluster_name_taken', 422: 'unknown_reference' },
  })
  async register(
    @Body() body: ClusterCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const { conductor_group: conductorGroup, auth_url: authUrl, credential, ...rest } = body;
    const asked = { ...rest, conductorGroup, authUrl, credential: credentialOf(credential) };
    return this.acceptedOnce(claim, (tx) => this.clusters.register(tx, asked, origin()));
  }

  @Get()
  @Operation({
    id: 'listClusters',
    tag: TAG,
    summary: 'List the clusters',
    description: 'Everybody sees names, places and states; addresses, health and capacity are for admins.',
    replies: { 200: { shape: ClusterList, description: 'A page of clusters.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: ClusterQuery): Promise<HttpReply> {
    const { name, idc, conductor_group: conductorGroup, state } = query;
    const view = caller.role === 'admin' ? clusterView : clusterBrief;
    return listReply({
      path: '/v1/clusters',
      name: 'clusters',
      query,
      defaultSort: 'name',
      shape: ClusterView,
      find: async (page) => (await this.clusters.list({ name, idc, conductorGroup, state }, page)).map(view),
      // In the order of creation the id alone decides: ids begin with the time.
      sortValue: (cluster, sort: ClusterSort) => (sort === 'name' ? cluster.name : null),
    });
  }

  @Get(':id')
  @Operation({
    id: 'getCluster',
    tag: TAG,
    summary: 'Show a cluster',
    description: 'With what was discovered, what of it is mapped to what, and what is not and why.',
    access: 'admin',
    replies: { 200: { shape: ClusterDetailView, description: 'The cluster.' } },
    problems: { 404: 'cluster_not_found' },
  })
  async get(@PathId() id: string): Promise<HttpReply> {
    const cluster = await this.clusters.get(id);
    const circuit = await this.circuits.find(this.database.read, id);
    const view = clusterDetailView(cluster, await this.mappings.read(id), circuit);
    return ok(view, { etag: etagOf(cluster.version) });
  }

  @Patch(':id')
  @Operation({
    id: 'updateCluster',
    tag: TAG,
    summary: 'Change a cluster, or its state',
    description:
      'A change of the address, the region, the interface or the credential is probed: the answer is 202 with the ' +
      'task then. Draining, maintenance and the like are changes of `state`.',
    access: 'admin',
    conditional: true,
    bodyExample: { state: 'draining', state_reason: 'new switches' },
    replies: {
      200: { shape: ClusterChanged, description: 'The cluster; nothing has to be looked at anew.' },
      202: { shape: ClusterAccepted, description: 'The cluster and the task that probes it.' },
    },
    problems: { 404: 'cluster_not_found', 409: 'cluster_state', 422: 'unknown_reference' },
  })
  async update(
    @PathId() id: string,
    @Body() body: ClusterPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const changes = changesOf(body);
    const changed = await this.database.transaction((tx) =>
      this.clusters.update(tx, id, changes, (version) => checkIfMatch(ifMatch, version), origin()),
    );
    const etag = { etag: etagOf(changed.cluster.version) };
    if (!changed.task) return ok({ cluster: clusterView(changed.cluster) }, etag);
    this.tasks.ring([changed.task]);
    const reply = acceptedReply(changed.task, changed);
    return new HttpReply(reply.statusCode, reply.body, { ...reply.headers, ...etag });
  }

  @Post(':id/probe')
  @HttpCode(202)
  @Operation({
    id: 'probeCluster',
    tag: TAG,
    summary: 'Look at a cluster again',
    access: 'admin',
    replies: { 202: { shape: ClusterAccepted, description: 'The cluster and the task that probes it.' } },
    problems: { 404: 'cluster_not_found' },
  })
  async probe(
    @PathId() id: string,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    return this.acceptedOnce(claim, (tx) => this.clusters.probe(tx, id, origin()));
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({
    id: 'deleteCluster',
    tag: TAG,
    summary: 'Forget a cluster that holds no servers of ours',
    description: 'Nothing is changed in the cluster itself.',
    access: 'admin',
    conditional: true,
    replies: { 204: { description: 'It is forgotten.' } },
    problems: { 404: 'cluster_not_found', 409: 'cluster_in_use' },
  })
  async delete(@PathId() id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.clusters.remove(id, (version) => checkIfMatch(ifMatch, version));
  }

  private async acceptedOnce(
    claim: IdempotencyClaim | undefined,
    work: (tx: Transaction) => Promise<ClusterAndTask>,
  ): Promise<HttpReply> {
    let task: NewTask | null = null;
    const reply = await this.idempotency.run(claim, async (tx) => {
      const done = await work(tx);
      ({ task } = done);
      if (!done.task) throw new Error('a probe was asked for and none was made');
      return acceptedReply(done.task, done);
    });
    if (task) this.tasks.ring([task]);
    return HttpReply.from(reply);
  }
}

function acceptedReply(task: NewTask, { cluster }: ClusterAndTask): HttpReply {
  const body: ClusterAccepted = {
    cluster: clusterView(cluster),
    task: { id: task.id, kind: task.kind, status: 'queued' },
  };
  return accepted(`/v1/clusters/${cluster.id}`, body);
}

function changesOf(body: ClusterPatchBody): ClusterChanges {
  const {
    conductor_group: conductorGroup,
    auth_url: authUrl,
    state_reason: stateReason,
    credential,
    ...rest
  } = body;
  return {
    ...rest,
    conductorGroup,
    authUrl,
    stateReason,
    credential: credential && credentialOf(credential),
  };
}

/** Probes belong to the platform, not to a project. */
function origin(): TaskOrigin {
  const { traceId, traceparent } = currentContext() ?? newContext();
  return { traceId, traceparent, projectId: null };
}
