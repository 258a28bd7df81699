import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ServerCreateService } from '@ultron/compute/server/server-create.service';
import type { Origin } from '@ultron/compute/server/server-order.service';
import type { ServerSort } from '@ultron/compute/server/server.repository';
import { ServerService, type ServerChange, type ServerOrigin } from '@ultron/compute/server/server.service';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn, projectToWriteIn } from '@ultron/identity/caller/caller.rules';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import type { Transaction } from '@ultron/platform/database/transaction';
import {
  Idempotency,
  type IdempotencyClaim,
  type Reply,
} from '@ultron/platform/idempotency/idempotency.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import { FreshQuery } from '../freshness/fresh.query.js';
import { FreshnessReader } from '../freshness/freshness.reader.js';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { checkIfMatch, etagOf } from '../http/reply/etag.js';
import { HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { acceptedTask } from '../task/task.dto.js';
import { ServerActionBody, ServerCreateBody, ServerPatchBody, ServerQuery } from './server.dto.js';
import { ObservedServerReader } from './observed-server.reader.js';
import { ServerFilterReader } from './server.filter.js';
import { actionOf, changedReply, createdReply, portView, requestOf } from './server.presenter.js';
import {
  PortList,
  ServerAccepted,
  ServerBody,
  ServerList,
  ServersAccepted,
  ServersPlanned,
} from './server.view.dto.js';

const TAG = 'Servers';
/** What of a server comes from its cluster. */
const SHOWN_KINDS = ['server'] as const;

@Controller('v1/servers')
export class ServerController {
  constructor(
    private readonly creations: ServerCreateService,
    private readonly servers: ServerService,
    private readonly filters: ServerFilterReader,
    private readonly observed: ObservedServerReader,
    private readonly freshness: FreshnessReader,
    private readonly tasks: TaskService,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    id: 'createServers',
    tag: TAG,
    summary: 'Create servers',
    description:
      'Up to 100 at once, spread over the clusters that have what they need and room for them, addresses of the ' +
      'wanted VPC among it. Each gets a port, whose address is shown before the server is there. A cluster that turns out to have no room is left for ' +
      'the next one; the attempt is kept in the task.',
    replies: {
      200: { shape: ServersPlanned, description: 'With `dry_run`: what would be done.' },
      202: { shape: ServersAccepted, description: 'The servers, and the task that makes them.' },
    },
    problems: { 507: 'no_cluster_fits' },
    bodyExample: {
      count: 20,
      name: 'web-{index:02}',
      flavor: 'm1.small',
      image: 'cirros',
      network: 'private',
    },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: ServerCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const origin: Origin = { projectId: projectToWriteIn(caller, body.project_id), ...trace() };
    const request = requestOf(body);
    if (body.dry_run) return ok({ plan: await this.creations.plan(request, origin) });
    return HttpReply.from(await this.creations.create(request, origin, claim, createdReply));
  }

  @Get()
  @Operation({
    id: 'listServers',
    tag: TAG,
    summary: 'List servers',
    description: 'Those that are gone are left out unless `status=deleted` asks for them.',
    replies: { 200: { shape: ServerList, description: 'A page of servers.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: ServerQuery): Promise<HttpReply> {
    const filter = await this.filters.read(caller, query);
    return this.freshness.answer(SHOWN_KINDS, query.fresh, async () => {
      let shown: ServerBody[] = [];
      const reply = await listReply({
        path: '/v1/servers',
        name: 'servers',
        query,
        defaultSort: '-created_at',
        shape: ServerBody,
        find: async (page) => (shown = await this.observed.with(await this.servers.list(filter, page))),
        sortValue: (server, sort: ServerSort) => (sort === 'name' ? server.name : null),
      });
      return { reply, clusters: shown.map(({ cluster }) => cluster) };
    });
  }

  @Get(':id')
  @Operation({
    id: 'getServer',
    tag: TAG,
    summary: 'Show a server',
    replies: { 200: { shape: ServerBody, description: 'The server.' } },
    problems: { 404: 'server_not_found' },
  })
  async get(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Query() { fresh }: FreshQuery,
  ): Promise<HttpReply> {
    return this.freshness.answer(SHOWN_KINDS, fresh, async () => {
      const server = await this.observed.withOne(await this.servers.get(id, projectToReadIn(caller)));
      const reply = ok(server, { etag: etagOf(server.version) });
      return { reply, clusters: [server.cluster], object: server.openstack_id };
    });
  }

  @Get(':id/ports')
  @Operation({
    id: 'listServerPorts',
    tag: TAG,
    summary: 'List the ports of a server',
    replies: { 200: { shape: PortList, description: 'Its ports.' } },
    problems: { 404: 'server_not_found' },
  })
  async ports(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<HttpReply> {
    const ports = await this.servers.portsOf(id, projectToReadIn(caller));
    return ok({ ports: ports.map(portView) });
  }

  @Patch(':id')
  @HttpCode(202)
  @Operation({
    id: 'updateServer',
    tag: TAG,
    summary: 'Rename a server, or change its metadata',
    description: 'It is so in Ultron at once; the task tells the cluster.',
    conditional: true,
    replies: { 202: { shape: ServerAccepted, description: 'The server and the task.' } },
    problems: { 404: 'server_not_found', 409: 'server_state_conflict' },
  })
  async update(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: ServerPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const check = (version: number) => checkIfMatch(ifMatch, version);
    return this.change(caller, undefined, (tx, origin) => this.servers.update(tx, id, body, origin, check));
  }

  @Post(':id/actions')
  @HttpCode(202)
  @Operation({
    id: 'actOnServer',
    tag: TAG,
    summary: 'Start, stop or reboot a server',
    description:
      'An action that does not fit the state of the server is refused, naming the states that would.',
    replies: { 202: { shape: ServerAccepted, description: 'The server and the task.' } },
    problems: { 404: 'server_not_found', 409: 'server_state_conflict' },
    bodyExample: { action: 'reboot', type: 'soft' },
  })
  async act(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: ServerActionBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const action = actionOf(body);
    return this.change(caller, claim, (tx, origin) => this.servers.act(tx, id, action, origin));
  }

  @Delete(':id')
  @HttpCode(202)
  @Operation({
    id: 'deleteServer',
    tag: TAG,
    summary: 'Delete a server',
    description:
      'Whatever is at work on it is stopped first. Deleting it again, or when it is gone, answers with the task ' +
      'that did it.',
    conditional: true,
    replies: { 202: { shape: ServerAccepted, description: 'The server and the task.' } },
    problems: { 404: 'server_not_found' },
  })
  async delete(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const check = (version: number) => checkIfMatch(ifMatch, version);
    return this.change(caller, undefined, (tx, origin) => this.servers.delete(tx, id, origin, check));
  }

  /** Does one thing with one server, once per idempotency key. */
  private async change(
    caller: Caller,
    claim: IdempotencyClaim | undefined,
    work: (tx: Transaction, origin: ServerOrigin) => Promise<ServerChange>,
  ): Promise<HttpReply> {
    const origin = await this.servers.originOf({ projectId: projectToReadIn(caller), ...trace() });
    let change: ServerChange | undefined;
    const reply = await this.idempotency.run(claim, async (tx): Promise<Reply> => {
      change = await work(tx, origin);
      return changedReply(
        await this.observed.withOne(change.server, tx),
        change.task ?? { id: change.taskId },
      );
    });
    this.tasks.ring(change?.ring ?? []);
    return change && !change.task ? this.withTask(change) : HttpReply.from(reply);
  }

  /** The answer where nothing new was begun: it tells how far the task is that did it. */
  private async withTask({ server, taskId }: ServerChange): Promise<HttpReply> {
    return changedReply(await this.observed.withOne(server), acceptedTask(await this.tasks.get(taskId)));
  }
}

function trace(): { traceId: string; traceparent: string } {
  const { traceId, traceparent } = currentContext() ?? newContext();
  return { traceId, traceparent };
}
