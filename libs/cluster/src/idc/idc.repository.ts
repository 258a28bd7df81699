import { Injectable } from '@nestjs/common';
import { NamedRepository } from '../named/named.repository.js';

@Injectable()
export class IdcRepository extends NamedRepository {
  constructor() {
    super('idc', 'an IDC');
  }
}
