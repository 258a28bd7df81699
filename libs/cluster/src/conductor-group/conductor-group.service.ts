import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { NamedService } from '../named/named.service.js';
import { ConductorGroupRepository } from './conductor-group.repository.js';

@Injectable()
export class ConductorGroupService extends NamedService {
  constructor(
    @Inject(Database) database: Database,
    @Inject(ConductorGroupRepository) rows: ConductorGroupRepository,
  ) {
    super(database, rows, 'conductor group');
  }
}
