import { Gauge, type Registry } from 'prom-client';
import type { TrafficGauge } from '@ultron/openstack/traffic/cluster-traffic';

/** What the clients of the process see of their traffic, by the name of the cluster. */
export type TrafficSource = () => Iterable<{ cluster: string; gauge: TrafficGauge }>;

/** Shows how many requests each cluster is trusted with now, how many wait, and which services are shut off. */
export function showTraffic(registry: Registry, source: TrafficSource): void {
  // A conductor that is put together anew in the same process takes the place of the one before.
  for (const name of ['limit', 'in_flight', 'queued', 'circuit_open']) {
    registry.removeSingleMetric(`ultron_openstack_${name}`);
  }
  // The first of them to be shown reads for all.
  const limit: Gauge = new Gauge({
    name: 'ultron_openstack_limit',
    help: 'Requests that may be in flight to the cluster now.',
    labelNames: ['cluster'],
    registers: [registry],
    collect: () => read(source, { limit, inFlight, waiting, open }),
  });
  const inFlight = gauge(registry, 'in_flight', 'Requests in flight.', ['cluster', 'lane']);
  const waiting = gauge(registry, 'queued', 'Requests that wait for their turn.', ['cluster', 'lane']);
  const open = gauge(
    registry,
    'circuit_open',
    '1 while calls to a service fail at once, after many outages.',
    ['cluster', 'service'],
  );
}

type Gauges = Record<'limit' | 'inFlight' | 'waiting' | 'open', Gauge>;

function read(source: TrafficSource, gauges: Gauges): void {
  for (const one of Object.values(gauges)) one.reset();
  for (const { cluster, gauge: seen } of source()) {
    gauges.limit.set({ cluster }, seen.limit);
    for (const lane of ['online', 'offline'] as const) {
      gauges.inFlight.set({ cluster, lane }, seen[lane].inFlight);
      gauges.waiting.set({ cluster, lane }, seen[lane].queued);
    }
    for (const [service, state] of Object.entries(seen.breakers)) {
      gauges.open.set({ cluster, service }, state === 'open' ? 1 : 0);
    }
  }
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[]): Gauge {
  return new Gauge({ name: `ultron_openstack_${name}`, help, labelNames, registers: [registry] });
}
