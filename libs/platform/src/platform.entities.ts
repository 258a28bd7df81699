import { IdempotencyKeyEntity } from './idempotency/idempotency-key.entity.js';
import { HttpRequestEntity } from './trace/http-request.entity.js';
import { OpenStackCallEntity } from './trace/openstack-call.entity.js';
import { OperatorEventEntity } from './trail/operator-event.entity.js';

export const platformEntities = [
  IdempotencyKeyEntity,
  HttpRequestEntity,
  OpenStackCallEntity,
  OperatorEventEntity,
];
