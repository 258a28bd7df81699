import { newId } from '@ultron/kernel/id';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { PortIntent } from '../port/port.repository.js';

/** The kinds and inputs of the tasks about ports, routers, floating IPs and QoS policies. */
export const NETWORK_TASK = {
  createPort: 'port.create',
  updatePort: 'port.update',
  deletePort: 'port.delete',
  createFloatingIp: 'floating_ip.create',
  updateFloatingIp: 'floating_ip.update',
  deleteFloatingIp: 'floating_ip.delete',
  /** Parents: what is done with a router, or a policy, in each of its clusters. */
  createRouter: 'router.create',
  updateRouter: 'router.update',
  deleteRouter: 'router.delete',
  updateQosPolicy: 'qos_policy.update',
  deleteQosPolicy: 'qos_policy.delete',
  /** Their children; a cluster's own router or policy is made and changed by the first of each. */
  realiseRouter: 'cluster_router.realise',
  removeRouter: 'cluster_router.remove',
  realiseQosPolicy: 'cluster_qos_policy.realise',
  removeQosPolicy: 'cluster_qos_policy.remove',
} as const;

export const NETWORK_DOMAIN = 'network';

/** Of the policy that a cluster must have before something there can be under it. */
interface UnderPolicy {
  /** The task that makes the cluster's policy; null when it has it, or none is wanted. */
  qos_task_id: string | null;
}

export interface PortCreateInput extends UnderPolicy {
  port_id: string;
  cluster_id: string;
}

export interface PortUpdateInput extends UnderPolicy {
  port_id: string;
  cluster_id: string;
  /** As it was before: what is told again when the cluster refuses. */
  before: PortIntent;
}

export interface PortDeleteInput {
  port_id: string;
  cluster_id: string;
  /** The task that was at work on it, which was asked to stop. */
  predecessor: string | null;
}

export interface FloatingIpCreateInput extends UnderPolicy {
  floating_ip_id: string;
  cluster_id: string;
}

export interface FloatingIpUpdateInput extends UnderPolicy {
  floating_ip_id: string;
  cluster_id: string;
  before: FloatingIpIntent;
}

export interface FloatingIpIntent {
  description: string;
  portId: string | null;
  fixedIpAddress: string | null;
  qosPolicyId: string | null;
}

export interface FloatingIpDeleteInput {
  floating_ip_id: string;
  cluster_id: string;
  predecessor: string | null;
}

export interface ClusterRouterInput {
  router_id: string;
  cluster_id: string;
  /** The task before this one about the same router in the same cluster; this one waits for it. */
  predecessor: string | null;
}

export interface ClusterQosPolicyInput {
  qos_policy_id: string;
  cluster_id: string;
  predecessor: string | null;
}

/** Who asks, and in which trace. */
export interface NetworkOrigin {
  /** Only what belongs to this project exists for the caller; undefined: everything does. */
  projectId: string | undefined;
  traceId: string;
  traceparent: string;
}

/** The end of a use case: ring these after the commit (`TaskService.ring`). */
export interface Begun {
  /** Null when nothing has to be done in any cluster. */
  task: NewTask | null;
  ring: NewTask[];
}

export function networkTask(
  kind: string,
  what: Pick<NewTask, 'conductorGroup' | 'projectId' | 'resource' | 'input' | 'parentId' | 'childCount'> & {
    origin: Pick<NetworkOrigin, 'traceId' | 'traceparent'>;
  },
): NewTask {
  const { origin, ...own } = what;
  const { traceId, traceparent } = origin;
  return { id: newId(), kind, domain: NETWORK_DOMAIN, ...own, traceId, traceparent };
}
