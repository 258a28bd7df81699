import { afterAll, afterEach, describe } from '@jest/globals';
import type { Target } from '../target/target.js';
import { authSpec } from './auth.spec.js';
import { catalogSpec } from './catalog.spec.js';
import { CloudInUse } from './cloud-in-use.js';
import { discoverySpec } from './discovery.spec.js';
import { errorSpec } from './error.spec.js';
import { keyPairSpec } from './key-pair.spec.js';
import { networkSpec } from './network.spec.js';
import { pagingSpec } from './paging.spec.js';
import { portSpec } from './port.spec.js';
import { quotaSpec } from './quota.spec.js';
import { requestIdSpec } from './request-id.spec.js';
import { revisionSpec } from './revision.spec.js';
import { routingSpec } from './routing.spec.js';
import { securityGroupSpec } from './security-group.spec.js';
import { serverFailureSpec } from './server-failure.spec.js';
import { serverSpec } from './server.spec.js';

/** What the client does on every cluster of the target. */
export function clientSpecs(target: Target): void {
  describe.each(target.clusters.map((access) => [access.name, access] as const))(
    'the client on %s',
    (_, access) => {
      const use = new CloudInUse(access);
      afterEach(() => use.clean());
      afterAll(() => use.close());

      authSpec(use);
      discoverySpec(use);
      catalogSpec(use);
      keyPairSpec(use);
      networkSpec(use);
      portSpec(use);
      routingSpec(use);
      revisionSpec(use);
      securityGroupSpec(use);
      pagingSpec(use);
      errorSpec(use);
      quotaSpec(use);
      serverSpec(use);
      serverFailureSpec(use);
      requestIdSpec(use, target);
    },
  );
}
