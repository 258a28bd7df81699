import type { ExtensionListWire } from '@ultron/openstack/network/extensions.wire';
import type { NetworkVersionsWire } from '@ultron/openstack/network/versions.wire';
import { ApiError, type Call, type Handler, type Reply, param, reply } from '../http/call.js';
import { Router } from '../http/router.js';
import { listAgents, listZones } from './agents.handlers.js';
import { createLimit, deleteLimit, listLimits, showLimit, updateLimit } from './bandwidth-limits.handlers.js';
import { extensionsOf, hasExtension } from './extensions.js';
import {
  createFloatingIps,
  deleteFloatingIp,
  listFloatingIps,
  showFloatingIp,
  updateFloatingIp,
} from './floating-ips.handlers.js';
import {
  createNetworks,
  deleteNetwork,
  listNetworks,
  showNetwork,
  updateNetwork,
} from './networks.handlers.js';
import { createPorts, deletePort, listPorts, showPort, updatePort } from './ports.handlers.js';
import {
  createPolicies,
  deletePolicy,
  listPolicies,
  showPolicy,
  updatePolicy,
} from './qos-policies.handlers.js';
import { resetQuota, showQuota, showQuotaDetails, updateQuota } from './quotas.handlers.js';
import { addInterface, removeInterface } from './router-interfaces.handlers.js';
import { createRouters, deleteRouter, listRouters, showRouter, updateRouter } from './routers.handlers.js';
import { createRules, deleteRule, listRules, showRule } from './security-group-rules.handlers.js';
import { createGroup, deleteGroup, listGroups, showGroup, updateGroup } from './security-groups.handlers.js';
import { createSubnets, deleteSubnet, listSubnets, showSubnet, updateSubnet } from './subnets.handlers.js';
import { addTag, checkTag, clearTags, listTags, removeTag, replaceTags } from './tags.handlers.js';

export const neutronRoutes = new Router()
  .add('GET', '/', listVersions, true)
  .add('GET', '/v2.0', showVersion)
  .add('GET', '/v2.0/extensions', listExtensions)
  .add('GET', '/v2.0/extensions/:alias', showExtension)
  .add('GET', '/v2.0/networks', listNetworks)
  .add('POST', '/v2.0/networks', createNetworks)
  .add('GET', '/v2.0/networks/:id', showNetwork)
  .add('PUT', '/v2.0/networks/:id', updateNetwork)
  .add('DELETE', '/v2.0/networks/:id', deleteNetwork)
  .add('GET', '/v2.0/subnets', listSubnets)
  .add('POST', '/v2.0/subnets', createSubnets)
  .add('GET', '/v2.0/subnets/:id', showSubnet)
  .add('PUT', '/v2.0/subnets/:id', updateSubnet)
  .add('DELETE', '/v2.0/subnets/:id', deleteSubnet)
  .add('GET', '/v2.0/ports', listPorts)
  .add('POST', '/v2.0/ports', createPorts)
  .add('GET', '/v2.0/ports/:id', showPort)
  .add('PUT', '/v2.0/ports/:id', updatePort)
  .add('DELETE', '/v2.0/ports/:id', deletePort)
  .add('GET', '/v2.0/security-groups', listGroups)
  .add('POST', '/v2.0/security-groups', createGroup)
  .add('GET', '/v2.0/security-groups/:id', showGroup)
  .add('PUT', '/v2.0/security-groups/:id', updateGroup)
  .add('DELETE', '/v2.0/security-groups/:id', deleteGroup)
  .add('GET', '/v2.0/security-group-rules', listRules)
  .add('POST', '/v2.0/security-group-rules', createRules)
  .add('GET', '/v2.0/security-group-rules/:id', showRule)
  .add('DELETE', '/v2.0/security-group-rules/:id', deleteRule)
  .add('GET', '/v2.0/routers', withExtension('router', listRouters))
  .add('POST', '/v2.0/routers', withExtension('router', createRouters))
  .add('GET', '/v2.0/routers/:id', withExtension('router', showRouter))
  .add('PUT', '/v2.0/routers/:id', withExtension('router', updateRouter))
  .add('DELETE', '/v2.0/routers/:id', withExtension('router', deleteRouter))
  .add('PUT', '/v2.0/routers/:id/add_router_interface', withExtension('router', addInterface))
  .add('PUT', '/v2.0/routers/:id/remove_router_interface', withExtension('router', removeInterface))
  .add('GET', '/v2.0/floatingips', withExtension('router', listFloatingIps))
  .add('POST', '/v2.0/floatingips', withExtension('router', createFloatingIps))
  .add('GET', '/v2.0/floatingips/:id', withExtension('router', showFloatingIp))
  .add('PUT', '/v2.0/floatingips/:id', withExtension('router', updateFloatingIp))
  .add('DELETE', '/v2.0/floatingips/:id', withExtension('router', deleteFloatingIp))
  .add('GET', '/v2.0/qos/policies', withExtension('qos', listPolicies))
  .add('POST', '/v2.0/qos/policies', withExtension('qos', createPolicies))
  .add('GET', '/v2.0/qos/policies/:id', withExtension('qos', showPolicy))
  .add('PUT', '/v2.0/qos/policies/:id', withExtension('qos', updatePolicy))
  .add('DELETE', '/v2.0/qos/policies/:id', withExtension('qos', deletePolicy))
  .add('GET', '/v2.0/qos/policies/:id/bandwidth_limit_rules', withExtension('qos', listLimits))
  .add('POST', '/v2.0/qos/policies/:id/bandwidth_limit_rules', withExtension('qos', createLimit))
  .add('GET', '/v2.0/qos/policies/:id/bandwidth_limit_rules/:rule', withExtension('qos', showLimit))
  .add('PUT', '/v2.0/qos/policies/:id/bandwidth_limit_rules/:rule', withExtension('qos', updateLimit))
  .add('DELETE', '/v2.0/qos/policies/:id/bandwidth_limit_rules/:rule', withExtension('qos', deleteLimit))
  .add('GET', '/v2.0/agents', withExtension('agent', listAgents))
  .add('GET', '/v2.0/availability_zones', withExtension('availability_zone', listZones))
  .add('GET', '/v2.0/:kind/:id/tags', listTags)
  .add('PUT', '/v2.0/:kind/:id/tags', replaceTags)
  .add('DELETE', '/v2.0/:kind/:id/tags', clearTags)
  .add('GET', '/v2.0/:kind/:id/tags/:tag', checkTag)
  .add('PUT', '/v2.0/:kind/:id/tags/:tag', addTag)
  .add('DELETE', '/v2.0/:kind/:id/tags/:tag', removeTag)
  .add('GET', '/v2.0/quotas/:project', showQuota)
  .add('PUT', '/v2.0/quotas/:project', updateQuota)
  .add('DELETE', '/v2.0/quotas/:project', resetQuota)
  .add('GET', '/v2.0/quotas/:project/details', showQuotaDetails);

/** Paths of an extension that is not there are not there. */
function withExtension(alias: string, handler: Handler): Handler {
  return (call) => {
    if (hasExtension(call.cluster, alias)) return handler(call);
    throw new ApiError(404, 'The resource could not be found.', 'HTTPNotFound');
  };
}

function listVersions(call: Call): Reply {
  return reply<NetworkVersionsWire>(200, {
    versions: [
      { id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${call.base}/network/v2.0/` }] },
    ],
  });
}

/** As the WSGI deployment of the distributions answers it: the resources are not listed there. */
function showVersion(): Reply {
  throw new ApiError(404, 'The resource could not be found.', 'HTTPNotFound');
}

function listExtensions(call: Call): Reply {
  return reply<ExtensionListWire>(200, { extensions: extensionsOf(call.cluster) });
}

function showExtension(call: Call): Reply {
  const alias = param(call, 'alias');
  const extension = extensionsOf(call.cluster).find((one) => one.alias === alias);
  if (!extension) throw new ApiError(404, `Extension with alias ${alias} does not exist`, 'HTTPNotFound');
  return reply(200, { extension });
}
