import type { ProblemEntry } from './problem.entries.js';

/** What can be wrong with a wish about ports, routers, floating IPs and QoS policies. */
export const PORT_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  port_not_found: { title: 'No such port', meaning: 'It does not exist, or belongs to another project.' },
  router_not_found: { title: 'No such router', meaning: 'It does not exist, or belongs to another project.' },
  floating_ip_not_found: {
    title: 'No such floating IP',
    meaning: 'It does not exist, or belongs to another project.',
  },
  qos_policy_not_found: {
    title: 'No such QoS policy',
    meaning: 'It does not exist, or belongs to another project.',
  },
  router_interface_not_found: {
    title: 'The subnet is not attached',
    meaning: 'The router has no interface in it: there is nothing to detach.',
  },
  port_state_conflict: {
    title: 'Not possible in this state of the port',
    meaning: '`detail` says in which states it is. Once the running task has ended it may fit.',
  },
  router_state_conflict: {
    title: 'Not possible in this state of the router',
    meaning: '`detail` says in which states it is. Once the running task has ended it may fit.',
  },
  floating_ip_state_conflict: {
    title: 'Not possible in this state of the floating IP',
    meaning: '`detail` says in which states it is. Once the running task has ended it may fit.',
  },
  qos_policy_state_conflict: {
    title: 'Not possible in this state of the QoS policy',
    meaning: '`detail` says in which states it is. Once the running task has ended it may fit.',
  },
  port_in_use: {
    title: 'The port is in use',
    meaning: 'It belongs to a server, or floating IPs lead to it: `used_by` names them.',
  },
  router_in_use: {
    title: 'The router is in use',
    meaning: 'Floating IPs lead through it: `used_by` names them. Lead them nowhere first.',
  },
  qos_policy_in_use: {
    title: 'The QoS policy is in use',
    meaning: 'Ports or floating IPs are under it: `used_by` names them. Give them another one first.',
  },
  network_no_cluster_fits: {
    title: 'No cluster can have it',
    meaning: '`explain` says for each cluster what is missing: a capability, a free address, the network.',
  },
  network_capability_missing: {
    title: 'The network of the cluster cannot do this',
    meaning: '`errors` names the fields that ask for it: leave them out, or choose another cluster.',
  },
  external_network_missing: {
    title: 'The network does not lead out',
    meaning: 'It is not an external network in every cluster that needs it: `detail` names them.',
  },
  router_needs_routed_vpc: {
    title: 'The VPC has no routers',
    meaning:
      'A stretched VPC has one gateway for all its clusters, outside of them. Routers are for routed VPCs.',
  },
  subnet_has_router: {
    title: 'The subnet has a router',
    meaning: 'A subnet has one gateway: detach it from the router that `router_id` names first.',
  },
  port_not_ready: {
    title: 'The port is not there',
    meaning: 'It is being made or deleted, or was never made: nothing can lead to it now.',
  },
  floating_ip_other_cluster: {
    title: 'The port is in another cluster',
    meaning: 'A floating IP leads to ports of its own cluster only: allocate one in the cluster of the port.',
  },
  floating_ip_port_taken: {
    title: 'The port has a floating IP',
    meaning: 'Another one leads to this address of the port: lead that one elsewhere first.',
  },
  floating_ip_no_path: {
    title: 'No router leads to the port',
    meaning: 'Attach its subnet to a router whose gateway is in the network of the floating IP.',
  },
  qos_policy_not_built: {
    title: 'The cluster could not be given the QoS policy',
    meaning: '`detail` says why; what was to be under it was not made.',
  },
  gone_in_cluster: {
    title: 'The cluster does not have it any more',
    meaning: 'Somebody deleted it there, without Ultron. Delete it here too.',
  },
  task_superseded: {
    title: 'Another task has it now',
    meaning: 'The thing was handed to another task meanwhile, which does what is wished now.',
  },
};
