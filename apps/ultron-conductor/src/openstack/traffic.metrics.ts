import { Gauge, type Registry } from 'prom-client';
import type { TrafficGauge } from '@ultron/openstack/traffic/cluster-traffic';

/** What the clients of the process see of their traffic, by the name of the cluster. */
export type TrafficSource = () => Iterable<{ cluster: string; gauge: TrafficGauge }>;

const NAMES = [
  'ultron_openstack_limit',
  'ultron_openstack_in_flight',
  'ultron_openstack_queued',
  'ultron_openstack_circuit_open',
] as const;

/** Shows how many requests each cluster is trusted with now, how many wait, and which services are shut off. */
export function showTraffic(registry: Registry, source: TrafficSource): void {
  // A conductor that is put together anew in the same process takes the place of the one before.
  for (const name of NAMES) registry.removeSingleMetric(name);
  // The first of them to be shown reads for all.
  const limit: Gauge = new Gauge({
    name: 'ultron_openstack_limit',
    help: 'Requests that may be in flight to the cluster now.',
    labelNames: ['cluster'],
    registers: [registry],
    collect: () => read(source, { limit, inFlight, waiting, open }),
  });
  const inFlight = gauge(registry, 'ultron_openstack_in_flight', 'Requests in flight.', ['cluster', 'lane']);
  const waiting = gauge(registry, 'ultron_openstack_queued', 'Requests that wait for their turn.', [
    'cluster',
    'lane',
  ]);
  const open = gauge(
    registry,
    'ultron_openstack_circuit_open',
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

function gauge(registry: Registry, name: (typeof NAMES)[number], help: string, labelNames: string[]): Gauge {
  return new Gauge({ name, help, labelNames, registers: [registry] });
}
