import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Put, Query } from '@nestjs/common';
import { ClusterNames } from '@ultron/cluster/cluster/cluster-names';
import { ProjectService } from '@ultron/identity/project/project.service';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import { type TierChanges, TierService } from '@ultron/sync/tier/tier.service';
import type { TierAssignment } from '@ultron/sync/tier/sync-tier.repository';
import type { TierSubject } from '@ultron/sync/tier/tier.types';
import { withoutUndefined } from '../http/field/without-undefined.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { checkIfMatch, etagOf } from '../http/reply/etag.js';
import { type HttpReply, ok } from '../http/reply/http.reply.js';
import {
  assignmentBody,
  TierAssignmentBody,
  TierAssignmentList,
  TierAssignmentPutBody,
  TierAssignmentQuery,
  TierBody,
  tierBody,
  TierList,
  TierPatchBody,
} from './tier.dto.js';

const TAG = 'Sync tiers';

@Controller('v1/sync_tiers')
export class TierController {
  constructor(
    private readonly tiers: TierService,
    private readonly database: Database,
  ) {}

  @Get()
  @Operation({
    id: 'listSyncTiers',
    tag: TAG,
    summary: 'List the tiers of freshness',
    access: 'admin',
    replies: { 200: { shape: TierList, description: 'All three.' } },
  })
  async list(): Promise<TierList> {
    return { sync_tiers: (await this.tiers.list()).map(tierBody) };
  }

  @Get(':name')
  @Operation({
    id: 'getSyncTier',
    tag: TAG,
    summary: 'Show a tier',
    access: 'admin',
    replies: { 200: { shape: TierBody, description: 'It.' } },
    problems: { 404: 'tier_not_found' },
  })
  async get(@Param('name') name: string): Promise<HttpReply> {
    const tier = await this.tiers.get(name);
    return ok(tierBody(tier), { etag: etagOf(tier.version) });
  }

  @Patch(':name')
  @Operation({
    id: 'updateSyncTier',
    tag: TAG,
    summary: 'Change how fresh a tier is, how often its lanes are read, and when their brake goes on',
    description: 'Each lane takes it up with its next pass.',
    access: 'admin',
    conditional: true,
    replies: { 200: { shape: TierBody, description: 'The tier as it is now.' } },
    problems: { 404: 'tier_not_found', 422: 'tier_times' },
    bodyExample: { changes_ms: 10_000 },
  })
  async update(
    @Param('name') name: string,
    @Body() body: TierPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const tier = await this.database.transaction((tx) =>
      this.tiers.update(tx, name, changesOf(body), (version) => checkIfMatch(ifMatch, version)),
    );
    return ok(tierBody(tier), { etag: etagOf(tier.version) });
  }
}

@Controller('v1/sync_tier_assignments')
export class TierAssignmentController {
  constructor(
    private readonly tiers: TierService,
    private readonly projects: ProjectService,
    private readonly clusters: ClusterNames,
    private readonly database: Database,
  ) {}

  @Get()
  @Operation({
    id: 'listSyncTierAssignments',
    tag: TAG,
    summary: 'List who has which tier',
    description:
      'A cluster to which none was assigned is silver. The lanes of a cluster have its tier, or the best of the ' +
      'projects that have servers there, whichever is better.',
    access: 'admin',
    replies: { 200: { shape: TierAssignmentList, description: 'A page of them.' } },
  })
  async list(@Query() query: TierAssignmentQuery): Promise<HttpReply> {
    const { subject, tier } = query;
    return listReply({
      path: '/v1/sync_tier_assignments',
      name: 'assignments',
      query,
      defaultSort: 'id',
      shape: TierAssignmentBody,
      find: async (page) => (await this.tiers.assignments({ subject, tier }, page)).map(assignmentBody),
      sortValue: () => null,
      idOf: (assignment) => `${assignment.subject}/${assignment.subject_id}`,
    });
  }

  @Get(':subject/:id')
  @Operation({
    id: 'getSyncTierAssignment',
    tag: TAG,
    summary: 'Show which tier a cluster or a project was given',
    access: 'admin',
    replies: { 200: { shape: TierAssignmentBody, description: 'It.' } },
    problems: { 404: 'tier_not_assigned' },
  })
  async get(@Param('subject') subject: string, @PathId() id: string): Promise<HttpReply> {
    return shown(await this.tiers.assignment(subjectOf(subject), id));
  }

  @Put(':subject/:id')
  @Operation({
    id: 'assignSyncTier',
    tag: TAG,
    summary: 'Give a cluster or a project a tier',
    description: '`subject` is `cluster` or `project`. Conductors take it up within seconds.',
    access: 'admin',
    conditional: true,
    replies: { 200: { shape: TierAssignmentBody, description: 'What holds now.' } },
    problems: { 404: 'tier_not_found' },
    bodyExample: { tier: 'gold' },
  })
  async assign(
    @Param('subject') subject: string,
    @PathId() id: string,
    @Body() body: TierAssignmentPutBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const kind = subjectOf(subject);
    if (kind === 'project') await this.projects.get(id);
    else if ((await this.clusters.all()).nameOf(id) === null) throw notFound('cluster', id);
    const wish = { subject: kind, subjectId: id, tier: body.tier };
    return this.database.transaction(async (tx) =>
      shown(await this.tiers.assign(tx, wish, (tier) => checkIfMatch(ifMatch, tier))),
    );
  }

  @Delete(':subject/:id')
  @HttpCode(204)
  @Operation({
    id: 'unassignSyncTier',
    tag: TAG,
    summary: 'Take the tier of a cluster or project back',
    access: 'admin',
    conditional: true,
    replies: { 204: { description: 'It has none of its own any more.' } },
    problems: { 404: 'tier_not_assigned' },
  })
  async unassign(
    @Param('subject') subject: string,
    @PathId() id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.database.transaction((tx) =>
      this.tiers.unassign(tx, subjectOf(subject), id, (tier) => checkIfMatch(ifMatch, tier)),
    );
  }
}

/** Nothing of an assignment can change but its tier, which is its entity tag. */
const shown = (assignment: TierAssignment): HttpReply =>
  ok(assignmentBody(assignment), { etag: etagOf(assignment.tier) });

const changesOf = (body: TierPatchBody): TierChanges =>
  withoutUndefined({
    objectiveMs: body.objective_ms,
    changesMs: body.changes_ms,
    idsMs: body.ids_ms,
    fullMs: body.full_ms,
    brake: withoutUndefined({
      atLeast: body.brake_at_least,
      share: body.brake_percent === undefined ? undefined : body.brake_percent / 100,
    }),
  });

function subjectOf(text: string): TierSubject {
  if (text === 'cluster' || text === 'project') return text;
  throw notFound('kind of subject', `${text}: there are cluster and project`);
}

const notFound = (what: string, id: string): Fault =>
  new Fault({ code: 'not_found', category: 'not_found', detail: `There is no ${what} ${id}.` });
