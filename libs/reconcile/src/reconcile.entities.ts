import { Adoption, AdoptionRule } from './adoption/adoption.entity.js';
import { Finding, FindingEventRow } from './finding/finding.entity.js';
import { NotificationSource } from './notification-source/notification-source.entity.js';
import { ReconcilePolicy } from './policy/reconcile-policy.entity.js';
import { ReconcileRound } from './round/reconcile-round.entity.js';

export const reconcileEntities = [
  Finding,
  FindingEventRow,
  ReconcilePolicy,
  ReconcileRound,
  Adoption,
  AdoptionRule,
  NotificationSource,
];
