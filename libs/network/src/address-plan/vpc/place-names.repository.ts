import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

export interface NamedIdc {
  id: string;
  name: string;
}

export interface NamedCluster extends NamedIdc {
  idcId: string;
  state: string;
}

/** How people call the places that a plan is about: there are few of them. */
@Injectable()
export class PlaceNamesRepository {
  idcs(tx: Transaction): Promise<NamedIdc[]> {
    return select(tx, 'SELECT id, name FROM idc ORDER BY name');
  }

  clusters(tx: Transaction): Promise<NamedCluster[]> {
    return select(tx, 'SELECT id, name, idc_id AS idcId, state FROM cluster ORDER BY name');
  }
}
