import { Module } from '@nestjs/common';
import { ClusterModule } from '@ultron/cluster/cluster.module';
import { IdentityModule } from '@ultron/identity/identity.module';
import { ReconcileModule } from '@ultron/reconcile/reconcile.module';
import { AdoptionController } from './adoption.controller.js';
import { AdoptionRuleController } from './adoption-rule.controller.js';
import { FindingController } from './finding.controller.js';
import { NotificationSourceController } from './notification-source.controller.js';
import { PolicyController } from './policy.controller.js';
import { ReconcileMetrics } from './reconcile.metrics.js';
import { RoundController } from './round.controller.js';

@Module({
  imports: [ReconcileModule, ClusterModule, IdentityModule],
  controllers: [
    FindingController,
    PolicyController,
    RoundController,
    AdoptionController,
    AdoptionRuleController,
    NotificationSourceController,
  ],
  providers: [ReconcileMetrics],
})
export class ReconcileApiModule {}
