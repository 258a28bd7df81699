import { metrics } from '@ultron/platform/metrics/metrics';
import { Counter } from 'prom-client';

export const driftsFound = new Counter({
  name: 'ultron_plan_drifts_found_total',
  help: 'Differences that were found between clusters and the address plan, by kind.',
  labelNames: ['kind'] as const,
  registers: [metrics],
});
