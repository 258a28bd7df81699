import { ClusterSubnet } from './cluster-subnet.entity.js';
import { ClusterVpcNetwork } from './cluster-vpc-network.entity.js';

export const realisationEntities = [ClusterVpcNetwork, ClusterSubnet];
