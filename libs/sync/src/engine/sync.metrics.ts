import { metrics } from '@ultron/platform/metrics/metrics';
import { Counter, Gauge, Histogram } from 'prom-client';

const SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300];

/** Labels are kinds and modes, never clusters or objects: there are as many series as there are kinds of things. */
export const passes = new Counter({
  name: 'ultron_sync_passes_total',
  help: 'Passes over lanes by what they came to.',
  labelNames: ['kind', 'mode', 'outcome'],
  registers: [metrics],
});
export const passSeconds = new Histogram({
  name: 'ultron_sync_pass_seconds',
  help: 'Time from the beginning of a pass to its end.',
  labelNames: ['mode'],
  buckets: SECONDS,
  registers: [metrics],
});
export const passDelay = new Histogram({
  name: 'ultron_sync_pass_delay_seconds',
  help: 'Time for which a lane had been due when its pass began.',
  labelNames: ['tier'],
  buckets: SECONDS,
  registers: [metrics],
});
export const objectsSeen = new Counter({
  name: 'ultron_sync_objects_seen_total',
  help: 'Objects that passes read.',
  labelNames: ['kind'],
  registers: [metrics],
});
export const objectsWritten = new Counter({
  name: 'ultron_sync_objects_written_total',
  help: 'Objects that were new or different, became missing, or are gone.',
  labelNames: ['kind', 'what'],
  registers: [metrics],
});
export const writesRefused = new Counter({
  name: 'ultron_sync_writes_refused_total',
  help: 'Writes of passes whose lane had gone to another conductor.',
  registers: [metrics],
});
export const lanesTaken = new Counter({
  name: 'ultron_sync_lanes_taken_total',
  help: 'Lanes that this conductor took: free ones, and such of others.',
  labelNames: ['from'],
  registers: [metrics],
});
export const lanesOwned = new Gauge({
  name: 'ultron_sync_lanes_owned',
  help: 'Lanes that this conductor owns.',
  registers: [metrics],
});
export const passesRunning = new Gauge({
  name: 'ultron_sync_passes_running',
  help: 'Passes that this conductor is at.',
  registers: [metrics],
});
export const clustersShut = new Gauge({
  name: 'ultron_sync_clusters_shut',
  help: 'Clusters whose lanes rest, since they do not answer.',
  registers: [metrics],
});
export const switchSeconds = new Histogram({
  name: 'ultron_sync_switch_seconds',
  help: 'Time in which lanes changed hands: for so long neither owner could write them, at most.',
  buckets: [0.003, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 1, 3],
  registers: [metrics],
});
