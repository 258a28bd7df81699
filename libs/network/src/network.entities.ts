import { addressPlanEntities } from './address-plan/address-plan.entities.js';
import { ClusterNetwork } from './network/cluster-network.entity.js';
import { Network } from './network/network.entity.js';
import { Port } from './port/port.entity.js';

export const networkEntities = [Network, ClusterNetwork, Port, ...addressPlanEntities];
