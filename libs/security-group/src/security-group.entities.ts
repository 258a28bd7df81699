import { ClusterSecurityGroup } from './security-group/cluster-security-group.entity.js';

export const securityGroupEntities = [ClusterSecurityGroup];
