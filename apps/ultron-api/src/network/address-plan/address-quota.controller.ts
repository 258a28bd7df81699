import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { maySee } from '@ultron/identity/caller/caller.rules';
import { ProjectService } from '@ultron/identity/project/project.service';
import { Fault } from '@ultron/kernel/fault';
import {
  ADDRESS_PLAN_CONFIG,
  type AddressPlanConfig,
} from '@ultron/network/address-plan/address-plan.config';
import { AddressQuotaRepository } from '@ultron/network/address-plan/quota/address-quota.repository';
import { Database } from '@ultron/platform/database/database.service';
import { CurrentCaller } from '../../http/auth/current.caller.js';
import { Id, Integer } from '../../http/field/field.decorator.js';
import { Operation } from '../../http/operation/operation.decorator.js';
import { PathId } from '../../http/path.id.js';

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
  async get(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<AddressQuotaBody> {
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
    replies: { 200: { shape: AddressQuotaBody, description: 'The quota.' } },
    problems: { 404: 'project_not_found' },
  })
  async set(@PathId() id: string, @Body() { addresses }: AddressQuotaPutBody): Promise<AddressQuotaBody> {
    await this.projects.get(id);
    await this.database.transaction((tx) => this.quotas.set(tx, { projectId: id, addresses }));
    return this.shown(id);
  }

  private async shown(id: string): Promise<AddressQuotaBody> {
    const { read } = this.database;
    const own = (await this.quotas.find(read, id))?.addresses ?? null;
    return {
      project_id: id,
      addresses: own ?? this.config.quota,
      held: await this.quotas.heldBy(read, id),
    };
  }
}

function noSuchProject(): Fault {
  return new Fault({ code: 'project_not_found', category: 'not_found', detail: 'There is no such project.' });
}
