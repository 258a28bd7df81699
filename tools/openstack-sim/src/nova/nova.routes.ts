import type {
  ComputeVersionResponseWire,
  ComputeVersionsWire,
  ComputeVersionWire,
} from '@ultron/openstack/compute/versions.wire';
import { type Call, type Reply, reply } from '../http/call.js';
import { Router } from '../http/router.js';
import {
  createExtraSpecs,
  createFlavor,
  deleteFlavor,
  listExtraSpecs,
  listFlavors,
  listFlavorsDetail,
  showFlavor,
} from './flavors.handlers.js';
import {
  listHypervisors,
  listHypervisorsDetail,
  showHypervisor,
  showStatistics,
} from './hypervisors.handlers.js';
import { listServices, listZones, listZonesDetail, showLimits } from './infrastructure.handlers.js';
import { listInstanceActions, showInstanceAction } from './instance-actions.handlers.js';
import { listInterfaces } from './interfaces.handlers.js';
import { createKeypair, deleteKeypair, listKeypairs, showKeypair } from './keypairs.handlers.js';
import { resetQuotaSet, showQuotaSet, updateQuotaSet } from './quotas.handlers.js';
import { serverAction } from './server-actions.handlers.js';
import { createServers } from './server-create.handlers.js';
import {
  deleteMetadataItem,
  listMetadata,
  mergeMetadata,
  replaceMetadata,
  setMetadataItem,
  showMetadataItem,
} from './server-metadata.handlers.js';
import {
  addServerTag,
  checkServerTag,
  clearServerTags,
  listServerTags,
  removeServerTag,
  replaceServerTags,
} from './server-tags.handlers.js';
import { deleteServer, showServer, updateServer } from './servers.handlers.js';
import { listServers, listServersDetail } from './servers.list.js';

export const novaRoutes = new Router()
  .add('GET', '/', listVersions, true)
  .add('GET', '/v2.1', showVersion, true)
  .add('GET', '/v2.1/servers', listServers)
  .add('GET', '/v2.1/servers/detail', listServersDetail)
  .add('POST', '/v2.1/servers', createServers)
  .add('GET', '/v2.1/servers/:id', showServer)
  .add('PUT', '/v2.1/servers/:id', updateServer)
  .add('DELETE', '/v2.1/servers/:id', deleteServer)
  .add('POST', '/v2.1/servers/:id/action', serverAction)
  .add('GET', '/v2.1/servers/:id/metadata', listMetadata)
  .add('PUT', '/v2.1/servers/:id/metadata', replaceMetadata)
  .add('POST', '/v2.1/servers/:id/metadata', mergeMetadata)
  .add('GET', '/v2.1/servers/:id/metadata/:key', showMetadataItem)
  .add('PUT', '/v2.1/servers/:id/metadata/:key', setMetadataItem)
  .add('DELETE', '/v2.1/servers/:id/metadata/:key', deleteMetadataItem)
  .add('GET', '/v2.1/servers/:id/tags', listServerTags)
  .add('PUT', '/v2.1/servers/:id/tags', replaceServerTags)
  .add('DELETE', '/v2.1/servers/:id/tags', clearServerTags)
  .add('GET', '/v2.1/servers/:id/tags/:tag', checkServerTag)
  .add('PUT', '/v2.1/servers/:id/tags/:tag', addServerTag)
  .add('DELETE', '/v2.1/servers/:id/tags/:tag', removeServerTag)
  .add('GET', '/v2.1/servers/:id/os-interface', listInterfaces)
  .add('GET', '/v2.1/servers/:id/os-instance-actions', listInstanceActions)
  .add('GET', '/v2.1/servers/:id/os-instance-actions/:request', showInstanceAction)
  .add('GET', '/v2.1/flavors', listFlavors)
  .add('GET', '/v2.1/flavors/detail', listFlavorsDetail)
  .add('POST', '/v2.1/flavors', createFlavor)
  .add('GET', '/v2.1/flavors/:id', showFlavor)
  .add('DELETE', '/v2.1/flavors/:id', deleteFlavor)
  .add('GET', '/v2.1/flavors/:id/os-extra_specs', listExtraSpecs)
  .add('POST', '/v2.1/flavors/:id/os-extra_specs', createExtraSpecs)
  .add('GET', '/v2.1/os-keypairs', listKeypairs)
  .add('POST', '/v2.1/os-keypairs', createKeypair)
  .add('GET', '/v2.1/os-keypairs/:name', showKeypair)
  .add('DELETE', '/v2.1/os-keypairs/:name', deleteKeypair)
  .add('GET', '/v2.1/os-hypervisors', listHypervisors)
  .add('GET', '/v2.1/os-hypervisors/detail', listHypervisorsDetail)
  .add('GET', '/v2.1/os-hypervisors/statistics', showStatistics)
  .add('GET', '/v2.1/os-hypervisors/:id', showHypervisor)
  .add('GET', '/v2.1/os-availability-zone', listZones)
  .add('GET', '/v2.1/os-availability-zone/detail', listZonesDetail)
  .add('GET', '/v2.1/os-services', listServices)
  .add('GET', '/v2.1/limits', showLimits)
  .add('GET', '/v2.1/os-quota-sets/:project', showQuotaSet)
  .add('PUT', '/v2.1/os-quota-sets/:project', updateQuotaSet)
  .add('DELETE', '/v2.1/os-quota-sets/:project', resetQuotaSet);

function v21(call: Call): ComputeVersionWire {
  return {
    id: 'v2.1',
    status: 'CURRENT',
    version: `2.${call.cluster.profile.novaMax}`,
    min_version: '2.1',
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${call.base}/compute/v2.1/` }],
  };
}

function listVersions(call: Call): Reply {
  const v20: ComputeVersionWire = {
    id: 'v2.0',
    status: 'SUPPORTED',
    version: '',
    min_version: '',
    updated: '2011-01-21T11:33:21Z',
    links: [{ rel: 'self', href: `${call.base}/compute/v2/` }],
  };
  return reply<ComputeVersionsWire>(200, { versions: [v20, v21(call)] });
}

function showVersion(call: Call): Reply {
  const version = v21(call);
  return reply<ComputeVersionResponseWire>(200, {
    version: {
      ...version,
      links: [
        ...version.links,
        { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
      ],
      'media-types': [
        { base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' },
      ],
    },
  });
}
