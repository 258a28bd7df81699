import { Address } from './address/address.entity.js';
import { AddressPool } from './pool/address-pool.entity.js';
import { Segment } from './segment/segment.entity.js';
import { Subnet } from './subnet/subnet.entity.js';
import { Supplement } from './supplement/supplement.entity.js';
import { Vpc } from './vpc/vpc.entity.js';

export const addressPlanEntities = [AddressPool, Vpc, Subnet, Segment, Address, Supplement];
