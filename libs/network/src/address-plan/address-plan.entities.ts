import { Address } from './address/address.entity.js';
import { AddressPool } from './pool/address-pool.entity.js';
import { AddressQuota } from './quota/address-quota.entity.js';
import { Segment } from './segment/segment.entity.js';
import { Subnet } from './subnet/subnet.entity.js';
import { SupplementWait } from './supplement/supplement-wait.entity.js';
import { Supplement } from './supplement/supplement.entity.js';
import { Vpc } from './vpc/vpc.entity.js';

export const addressPlanEntities = [
  AddressPool,
  Vpc,
  Subnet,
  Segment,
  Address,
  Supplement,
  SupplementWait,
  AddressQuota,
];
