import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { NamedService } from '../named/named.service.js';
import { IdcRepository } from './idc.repository.js';

@Injectable()
export class IdcService extends NamedService {
  constructor(@Inject(Database) database: Database, @Inject(IdcRepository) rows: IdcRepository) {
    super(database, rows, 'IDC');
  }
}
