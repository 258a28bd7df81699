import { Body, Controller, Get, Headers, Inject, Put } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { maySee } from '@ultron/identity/caller/caller.rules';
import { ProjectService } from '@ultron/identity/project/project.service';
import { Fault } from '@ultron/kernel/fault';
import {
  ADDRESS_PLAN_CONFIG,
  type AddressPlanConfig,
} from '@ultron/network/address-plan/address-plan.config';
import {
  AddressQuotaRepository,
  type QuotaRow,
} from '@ultron/network/address-plan/quota/address-quota.repository';
import { Database } from '@ultron/platform/database/database.service';
import { CurrentCaller } from '../../http/auth/current.caller.js';
import { Id, Integer } from '../../http/field/field.decorator.js';
import { Operation } from '../../http/operation/operation.decorator.js';
import { PathId } from '../../http/path.id.js';
import { checkIfMatch, etagOf } from '../../http/reply/etag.js';
import { type HttpReply, ok } from '../../http/reply/http.reply.js';

const TAG = 'Address quotas';

export class AddressQuotaPutBody {
  @Integer({
    description: 'Addresses that the project may hold; null: what is configured for all projects.',
    min: 0,
    max: 16_777_216,
    example: 500,
    nullable: true,
  })
  addresses!: number | null;
}

export class AddressQuotaBody {
  @Id({ description: 'The project.' })
  project_id!: string;

  @Integer({ description: 'Addresses that it may hold; null: any number.', example: 500, nullable: true })
  addresses!: number | null;

  @Integer({ description: 'Addresses that it holds: reserved, bound and cooling ones.', example: 120 })
  held!: number;
}

@Controller('v1/address_quotas')
export class AddressQuotaController {
  constructor(
    private readonly quotas: AddressQuotaRepository,
    private readonly projects: ProjectService,
    private readonly database: Database,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  @Get(':id')
  @Operation({
    id: 'getAddressQuota',
    tag: TAG,
    summary: 'Show how many addresses a project may hold, and does',
    replies: { 200: { shape: AddressQuotaBody, description: 'The quota.' } },
    problems: { 404: 'project_not_found' },
  })
  async get(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<HttpReply> {
    if (!maySee(caller, id)) throw noSuchProject();
    await this.projects.get(id);
    return this.shown(id);
  }

  @Put(':id')
  @Operation({
    id: 'setAddressQuota',
    tag: TAG,
    summary: 'Limit how many addresses a project may hold',
    description: 'Whoever holds more keeps them, and gets no others.',
    access: 'admin',
    conditional: true,
    replies: { 200: { shape: AddressQuotaBody, description: 'The quota.' } },
    problems: { 404: 'project_not_found' },
  })
  async set(
    @PathId() id: string,
    @Body() { addresses }: AddressQuotaPutBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    await this.projects.get(id);
    await this.database.transaction(async (tx) => {
      await this.quotas.lock(tx, id);
      checkIfMatch(ifMatch, tagOf(await this.quotas.find(tx, id)));
      await this.quotas.set(tx, { projectId: id, addresses });
    });
    return this.shown(id);
  }

  private async shown(id: string): Promise<HttpReply> {
    const { read } = this.database;
    const own = await this.quotas.find(read, id);
    const body: AddressQuotaBody = {
      project_id: id,
      addresses: own?.addresses ?? this.config.quota,
      held: await this.quotas.heldBy(read, id),
    };
    return ok(body, { etag: etagOf(tagOf(own)) });
  }
}

/** Nothing of a quota can be changed but its number. */
const tagOf = (own: QuotaRow | null): number | string => own?.addresses ?? 'default';

function noSuchProject(): Fault {
  return new Fault({ code: 'project_not_found', category: 'not_found', detail: 'There is no such project.' });
}
