import { floatingIpSource } from './floating-ip.source.js';
import type { IntentSource } from './intent.source.js';
import { networkSource } from './network.source.js';
import { portSource } from './port.source.js';
import { routerSource } from './router.source.js';
import { serverSource } from './server.source.js';
import { subnetSource } from './subnet.source.js';

/** Everything that is compared: a kind that is not here is compared by nobody. */
export const SOURCES: readonly IntentSource[] = [
  serverSource,
  portSource,
  networkSource,
  subnetSource,
  routerSource,
  floatingIpSource,
];
