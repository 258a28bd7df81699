import { metrics } from '@ultron/platform/metrics/metrics';
import { Counter, Gauge } from 'prom-client';

export const notificationsHeard = new Counter({
  name: 'ultron_notifications_total',
  help: 'Notifications of clusters that were heard.',
  labelNames: ['cluster_id'],
  registers: [metrics],
});

export const refreshesAskedFor = new Counter({
  name: 'ultron_notification_refreshes_total',
  help: 'Objects that are read sooner because a cluster told of them.',
  labelNames: ['cluster_id', 'kind'],
  registers: [metrics],
});

export const listening = new Gauge({
  name: 'ultron_notification_connected',
  help: '1 while this conductor is connected to the notifications of the cluster, 0 while it tries.',
  labelNames: ['cluster_id'],
  registers: [metrics],
});

export const exchangesMissing = new Gauge({
  name: 'ultron_notification_exchanges_missing',
  help: 'Exchanges of the cluster that do not exist: what they would tell is not heard though the broker is.',
  labelNames: ['cluster_id'],
  registers: [metrics],
});
