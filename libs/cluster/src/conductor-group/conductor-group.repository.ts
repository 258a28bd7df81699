import { Injectable } from '@nestjs/common';
import { NamedRepository } from '../named/named.repository.js';

@Injectable()
export class ConductorGroupRepository extends NamedRepository {
  constructor() {
    super('conductor_group', 'a conductor group');
  }
}
