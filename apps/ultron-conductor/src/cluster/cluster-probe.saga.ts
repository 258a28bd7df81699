import { CLUSTER_DOMAIN, CLUSTER_PROBE } from '@ultron/cluster/cluster/cluster-probe.task';
import type { ClusterConnection, ClusterProbeInput } from '@ultron/cluster/cluster/cluster.types';
import { endpointOf } from '@ultron/openstack/auth/catalog.rules';
import type { Session } from '@ultron/openstack/auth/session';
import type { Cloud } from '@ultron/openstack/cloud';
import { OLDEST_NOVA } from '@ultron/openstack/version/release';
import { done, NOTHING, saga } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { checkCatalog, choiceOf } from './catalog-check.rules.js';
import { readCapacity, readInventory } from './cluster-stock.js';
import { writeFlavors, writeInventory } from './cluster-stock.writer.js';
import type { ClusterDeps, ProbePatience } from './cluster.deps.js';
import { isKeystone } from './keystone-document.js';
import { openCloud } from './open-cloud.js';
import { probeFaultOf } from './probe-fault.translate.js';
import { superseded, tooOld } from './probe.faults.js';

/** Waits of an operator at the console: a cluster that takes longer counts as one that does not answer. */
const PATIENCE: ProbePatience = { timeouts: { headersMs: 20_000, deadlineMs: 45_000 }, attempts: 2 };

/** Looks at a cluster, and says what is there or what is wrong with its registration. It changes nothing there. */
export const clusterProbe = saga<ClusterDeps, ClusterProbeInput>(CLUSTER_PROBE, CLUSTER_DOMAIN)
  .step('log_in', {
    do: async ({ deps, input, signal }) => {
      const connection = await connectionOf(deps, input);
      const release = await withCloud(deps, connection, async (cloud, session) => {
        checkCatalog(session.catalog, connection);
        const capabilities = await cloud.capabilities();
        if (capabilities.tooOld) throw tooOld(capabilities.record.compute?.max ?? '', OLDEST_NOVA);
        signal.throwIfAborted();
        return capabilities.release;
      });
      return done({ release });
    },
    undo: NOTHING,
  })
  .step('take_stock', {
    do: async ({ deps, input, signal }) => {
      const { cluster_id: clusterId } = input;
      const connection = await connectionOf(deps, input);
      const startedAt = await deps.observations.now();
      deps.ratios.forget(clusterId);
      const call = callOptions(signal);
      const { room, stock } = await withCloud(deps, connection, async (cloud) => ({
        room: await readCapacity(clusterId, cloud, deps.ratios, call),
        stock: await readInventory(connection, cloud, call),
      }));
      const { release, networkBackend, inventory } = stock;
      const found = { release, networkBackend, inventory, capacity: room.capacity };
      const counts = {
        hosts: room.capacity.hosts,
        flavors: room.flavors.length,
        images: stock.images.length,
        networks: stock.networks.length,
        security_groups: stock.securityGroups.length,
        services: stock.inventory.services.length,
        extensions: stock.inventory.extensions.length,
      };
      return done(counts, async (tx) => {
        const { connectionVersion } = connection;
        if (!(await deps.observations.recordProbe(tx, clusterId, connectionVersion, found, startedAt)))
          return;
        await writeFlavors(tx, deps, clusterId, room);
        await writeInventory(tx, deps, clusterId, stock);
      });
    },
    undo: NOTHING,
  })
  .ends({
    unwound: async ({ deps, input, fault }) => ({
      kind: 'give_up',
      persist: (tx) =>
        deps.observations.recordProbeFault(tx, input.cluster_id, input.connection_version, fault),
    }),
  });

/** The registration that the task was made for. */
async function connectionOf(deps: ClusterDeps, input: ClusterProbeInput): Promise<ClusterConnection> {
  const connection = await deps.observations.connection(input.cluster_id);
  if (connection.connectionVersion !== input.connection_version) throw superseded();
  return connection;
}

/** Works with a client of its own: no remembered token, version or broken circuit makes the probe see the past. */
async function withCloud<T>(
  deps: ClusterDeps,
  connection: ClusterConnection,
  work: (cloud: Cloud, session: Session) => Promise<T>,
): Promise<T> {
  const cloud = openCloud(connection, {
    ...(deps.probePatience ?? PATIENCE),
    observer: deps.observer(connection.id),
  });
  let session: Session | undefined;
  try {
    session = await cloud.session();
    return await work(cloud, session);
  } catch (error) {
    const endpoint = (service: string) =>
      session ? endpointOf(session.catalog, service, choiceOf(connection)) : null;
    throw await probeFaultOf(error, {
      connection,
      endpoint,
      isKeystone: () => isKeystone(connection.authUrl),
    });
  } finally {
    await cloud.close();
  }
}
