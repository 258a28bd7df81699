import type { Caller } from '@ultron/identity/caller/caller';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import type { Decider } from '@ultron/reconcile/finding/finding.service';

/** Who decides, for the audit trail, and in which trace. */
export function deciderOf(caller: Caller): Decider {
  const { traceId, traceparent } = currentContext() ?? newContext();
  return { actor: `token ${caller.tokenId}`, traceId, traceparent };
}
