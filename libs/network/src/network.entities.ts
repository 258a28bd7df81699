import { addressPlanEntities } from './address-plan/address-plan.entities.js';
import { ClusterNetwork } from './network/cluster-network.entity.js';
import { Network } from './network/network.entity.js';
import { FloatingIp } from './floating-ip/floating-ip.entity.js';
import { Port } from './port/port.entity.js';
import { ClusterQosPolicy, QosPolicy } from './qos-policy/qos-policy.entity.js';
import { ClusterRouter, ClusterRouterInterface } from './router/cluster-router.entity.js';
import { Router, RouterInterface } from './router/router.entity.js';
import { realisationEntities } from './realisation/realisation.entities.js';

const portAndRouter = [
  Router,
  RouterInterface,
  ClusterRouter,
  ClusterRouterInterface,
  FloatingIp,
  QosPolicy,
  ClusterQosPolicy,
];

export const networkEntities = [
  Network,
  ClusterNetwork,
  Port,
  ...portAndRouter,
  ...addressPlanEntities,
  ...realisationEntities,
];
